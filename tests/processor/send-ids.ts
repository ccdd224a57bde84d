/**
 * A process of its own, which sends events with ids to a counter in a SQLite file, in an order of its own, and prints how
 * they were answered: `node send-ids.ts <file> <count>`.
 *
 * @module
 */
import { SqliteStore } from "../../adapters/sqlite.ts";
import { createProcessor } from "../../mod.ts";
import { counterHandlers, counterMessage, errorCode } from "../support/counter.ts";

const [file, count] = process.argv.slice(2);
const store = new SqliteStore(file!);
const send = createProcessor(counterHandlers, store, { attempts: 1_000, onError: console.error });
const ids = Array.from({ length: Number(count) }, (_, index) => `id-${index}`);
const failed: unknown[] = [];
const values: unknown[] = [];
while (ids.length > 0) {
  const few = ids.splice(0, 8);
  for (
    const patches of await Promise.all(few.map((eventId) => send(counterMessage({ eventId }))))
  ) {
    const [patch] = patches;
    if (errorCode(patches) !== undefined || patch?.action !== "bindUpdate") failed.push(patches);
    else values.push(patch.value);
  }
}
await store.close();
console.log(JSON.stringify({ failed, values }));
