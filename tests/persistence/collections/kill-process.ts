/**
 * Works in a process of its own until it is killed, saves to a SQLite file, and prints what is acknowledged:
 * `node kill-process.ts path first`.
 */
import { writeSync } from "node:fs";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { orderStore, work } from "./kill-orders.ts";

const [path, first] = process.argv.slice(2);
const db = orderStore();
const saved = await persist(db, new SqliteStore(path!), {
  debounce: 0,
  onSaved: ({ documents }) => {
    const orders = documents.filter(({ collection }) => collection === "orders");
    writeSync(1, orders.map(({ key }) => `saved ${key}\n`).join(""));
  },
});
for (let n = Number(first);; n++) {
  work(db, n);
  // Some work is waited for, some is saved while the next is done.
  if (n % 4 === 0) {
    await saved.flush();
    writeSync(1, `flushed ${n}\n`);
  }
}
