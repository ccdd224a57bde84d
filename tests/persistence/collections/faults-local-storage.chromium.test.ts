import { expect, test } from "vitest";
import { LocalStorageStore } from "../../../adapters/local-storage.ts";
import { persistThroughFaults } from "./fault-scenario.ts";
import { simulateOn } from "./platform-simulation.ts";

function emptyStorage(): Storage {
  localStorage.clear();
  return localStorage;
}

test("whichever call to localStorage fails, storage ends as memory does", async () => {
  const tried = await persistThroughFaults({
    create: emptyStorage,
    open: (storage) => new LocalStorageStore(storage),
  });
  expect(tried).toBeGreaterThan(20);
});

test("whatever calls to localStorage fail, once they work again it equals memory", async () => {
  await simulateOn({
    runs: 50,
    create: emptyStorage,
    open: (storage) => new LocalStorageStore(storage),
  });
});
