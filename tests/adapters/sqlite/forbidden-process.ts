/**
 * A process of its own, started with --disallow-code-generation-from-strings: `node … forbidden-process.ts path driver`.
 * It prints what it read, or why it could not.
 */
import { SqliteStore } from "../../../adapters/sqlite.ts";

const [path, driver] = process.argv.slice(2);
const named = driver === undefined ? {} : { driver: driver as "better-sqlite3" };
const store = new SqliteStore(path!, named);
try {
  await store.commit([{ type: "Note", key: "a", value: { text: "kept" } }]);
  console.log(JSON.stringify(await store.load("Note", "a")));
} catch (error) {
  console.log(String(error));
}
await store.close();
