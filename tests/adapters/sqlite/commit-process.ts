/**
 * A process of its own that commits pairs to a SQLite file until it is killed, and prints each number only after the
 * commit was acknowledged: `node commit-process.ts path first driver`.
 */
import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { SqliteStore } from "../../../adapters/sqlite.ts";

const [path, first, driver = "better-sqlite3"] = process.argv.slice(2);
const store = new SqliteStore(path!, { driver: driver as "better-sqlite3" | "node:sqlite" });
const text = "x".repeat(3_000);
// A process that is killed leaves nothing to the next one.
flushCompileCache();
for (let n = Number(first); n < Number(first) + 1_000; n++) {
  const parts = Array.from(
    { length: 5 },
    (_, part) => ({ type: "Right", key: `${n}/${part}`, value: { n, text } }),
  );
  await store.commit([{ type: "Left", key: n, value: { n, text }, ifVersion: null }, ...parts]);
  writeSync(1, `${n}\n`);
}
