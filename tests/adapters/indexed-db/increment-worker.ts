/** A worker that increments one counter in IndexedDB 500 times, on a connection of its own. */
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import { increment } from "../shared/increment.ts";

const store = new IndexedDbStore(indexedDB, { name: "race" });
await increment(store, 500);
postMessage("done");
