import { DatabaseSync } from "node:sqlite";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test("a list of 100,000 documents takes the memory of a few pages, not of the documents", async () => {
  const database = new DatabaseSync(":memory:");
  const store = new SqliteStore(database);
  const text = "x".repeat(1_000);
  for (let start = 0; start < 100_000; start += 10_000) {
    await store.commit(Array.from({ length: 10_000 }, (_, index) => {
      return { type: "Note", key: start + index, value: { text } };
    }));
  }
  const before = heapBytes();
  let [count, most] = [0, 0];
  for await (const { value } of store.list("Note")) {
    if ((value as { text: string }).text.length === 1_000) count++;
    if (count % 5_000 === 0) most = Math.max(most, heapBytes() - before);
  }
  expect(count).toBe(100_000);
  // A page is two megabytes of text, all documents together are a hundred.
  expect(most).toBeLessThan(10_000_000);
  database.close();
});
