/** A worker that increments one counter in IndexedDB 500 times, on a connection of its own. */
import { IndexedDbStore } from "../../adapters/indexed-db.ts";

const store = new IndexedDbStore(indexedDB, { name: "race" });
for (let done = 0; done < 500;) {
  const entry = await store.get("Counter", "n");
  const value = (entry?.value as number | undefined ?? 0) + 1;
  try {
    await store.commit([{ type: "Counter", key: "n", value, ifVersion: entry?.version ?? null }]);
    done++;
  } catch (error) {
    if ((error as Error).name !== "ConflictError") throw error;
  }
}
postMessage("done");
