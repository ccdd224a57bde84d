import { afterEach, expect, test } from "vitest";
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import { LocalStorageStore } from "../../../adapters/local-storage.ts";
import { withIndexedDbFault, withoutIndexedDbFault } from "../indexed-db/faults.ts";
import { tryAllFaults } from "./fault-scenario.ts";

afterEach(withoutIndexedDbFault);

test("whichever call to localStorage fails, a commit is there whole or not at all", async () => {
  const tried = await tryAllFaults({
    create() {
      localStorage.clear();
      return localStorage;
    },
    open: (storage) => new LocalStorageStore(storage),
  });
  expect(tried).toBeGreaterThan(10);
});

test("whichever call to IndexedDB fails, a commit is there whole or not at all", async () => {
  let databases = 0;
  const tried = await tryAllFaults({
    create() {
      withoutIndexedDbFault();
      return { name: `faults ${databases++}` };
    },
    open: ({ name }) => new IndexedDbStore(indexedDB, { name }),
    inject: withIndexedDbFault,
  });
  expect(tried).toBeGreaterThan(12);
});
