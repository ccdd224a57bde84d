/** A process with stores that nobody closes: one that is only made, and, if asked to, one that is watched. */
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";

// Neither Node nor Deno has IndexedDB; a factory from npm would be passed here.
const factory = { open() {} } as unknown as IDBFactory;
const store = new IndexedDbStore(factory);
if (globalThis.process.argv.includes("watch")) store.watch("Note", () => {});
console.log(store.name);
