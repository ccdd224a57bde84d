import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import { LocalStorageStore } from "../../../adapters/local-storage.ts";
import { testSend } from "./send-suite.ts";

let tests = 0;

testSend("IndexedDB", () => {
  const name = `send ${tests++}`;
  return { open: () => new IndexedDbStore(indexedDB, { name }) };
});

testSend("localStorage", () => {
  const store = new LocalStorageStore(localStorage, { prefix: `send ${tests++}` });
  return { open: () => store };
});
