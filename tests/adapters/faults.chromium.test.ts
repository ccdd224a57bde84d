import { expect, test } from "vitest";
import { LocalStorageStore } from "../../adapters/local-storage.ts";
import { tryAllFaults } from "./fault-scenario.ts";

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
