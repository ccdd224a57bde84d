import { expect, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";

test("on Deno, a file that was deleted while it was open is missed within a second", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/a.db`;
  let now = 0;
  const store = new SqliteStore(path, { driver: "node:sqlite", clock: { now: () => now } });
  await store.commit([{ type: "Note", key: "a", value: 1 }]);
  now += 1_000;
  await store.commit([{ type: "Note", key: "a", value: 2 }]);
  await Deno.remove(path);
  now += 1_000;
  for (let times = 0; times < 2; times++) {
    await expect(store.commit([{ type: "Note", key: "a", value: 3 }])).rejects.toThrow(
      `Cannot write to SQLite: the file ${path} was deleted while it was open`,
    );
  }
  await store.close();
  await Deno.remove(folder, { recursive: true });
});

test("on Deno, better-sqlite3 by name works, or is refused with its cure", async () => {
  const store = new SqliteStore(":memory:", { driver: "better-sqlite3" });
  const outcome = await store.commit([{ type: "Note", key: "a", value: 1 }])
    .then(() => "works", (error: Error) => error.message);
  expect(outcome).toMatch(/^works$|^Cannot open a SQLite file with better-sqlite3: /);
  await store.close();
});
