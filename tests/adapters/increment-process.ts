/** A process of its own that increments one counter in a SQLite file: `node increment-process.ts path times`. */
import { SqliteStore } from "../../adapters/sqlite.ts";

const [path, times] = process.argv.slice(2);
const store = new SqliteStore(path!);
for (let done = 0; done < Number(times);) {
  const entry = await store.get("Counter", "n");
  const value = (entry?.value as number | undefined ?? 0) + 1;
  try {
    await store.commit([{ type: "Counter", key: "n", value, ifVersion: entry?.version ?? null }]);
    done++;
  } catch (error) {
    if ((error as Error).name !== "ConflictError") throw error;
  }
}
await store.close();
