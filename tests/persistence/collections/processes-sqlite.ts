/** A process of its own that shares a SQLite file: `node processes-sqlite.ts path first|second`. */
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { share, type Writer } from "./processes-share.ts";

const [path, me] = process.argv.slice(2);
const store = new SqliteStore(path!);
console.log(await share(store, me as Writer));
await store.close();
