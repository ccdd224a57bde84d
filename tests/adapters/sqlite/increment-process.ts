/** A process of its own that increments one counter in a SQLite file: `node increment-process.ts path times`. */
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { increment } from "../shared/increment.ts";

const [path, times] = process.argv.slice(2);
const store = new SqliteStore(path!);
await increment(store, Number(times));
await store.close();
