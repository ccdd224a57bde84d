import { describe, expect, test } from "vitest";
import { MemoryTable } from "../../../src/persistence/adapter/memory-table.ts";
import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";
import { testAdapter } from "../../../src/testing/mod.ts";

let now = 0;
const cases = testAdapter("MemoryStore", () => new MemoryStore({ clock: { now: () => now } }), {
  skip: {
    reopening: "memory ends with its store",
    "an entry still expires after reopening": "memory ends with its store",
  },
  advance: (milliseconds) => {
    now += milliseconds;
  },
});
for (const { name, skip, run } of cases) test.skipIf(skip)(name, run);

describe("MemoryStore", () => {
  test("makes versions with the generator that it was given", async () => {
    let count = 0;
    const store = new MemoryStore({ createVersion: () => `v${++count}` });
    const writes = ["a", "b"].map((key) => ({ type: "Note", key, value: 1 }));
    expect(await store.commit(writes)).toEqual(["v1", "v2"]);
  });

  test("lists nothing of a type that is cleared while the list is read", async () => {
    const store = new MemoryStore();
    const put = (key: number, value: string) => ({ type: "Note", key, value });
    await store.commit(Array.from({ length: 100 }, (_, key) => put(key, "old")));
    const values: unknown[] = [];
    for await (const page of store.pages("Note")) {
      values.push(...page.map(({ value }) => value));
      if (values.length > 50) continue;
      await store.clear("Note");
      await store.commit([put(99, "new")]);
    }
    expect(values.slice(50)).toEqual(["new"]);
  });

  test("drops expired entries gradually, so receipts do not fill the memory", () => {
    const table = new MemoryTable();
    for (let time = 0; time < 20_000; time++) {
      table.set(`${time}`, {
        value: 1,
        kind: "json",
        metadata: 1,
        version: "1",
        expires: time + 100,
      }, time);
    }
    expect([...table.encodedKeys({ after: undefined, reverse: false })].length).toBeLessThan(1_200);
  });
});
