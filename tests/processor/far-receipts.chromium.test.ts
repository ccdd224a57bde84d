import { IndexedDbStore } from "../../adapters/indexed-db.ts";
import { testFarReceipts } from "./far-receipts-suite.ts";

let tests = 0;

testFarReceipts("IndexedDB", () => {
  const number = tests++;
  const name = `far-receipts-${number}`;
  return { type: `FarReceipts${number}`, open: () => new IndexedDbStore(indexedDB, { name }) };
});
