import { expect, test } from "vitest";
import { LocalStorageStore } from "../../../adapters/local-storage.ts";
import { persistThroughFaults } from "./fault-scenario.ts";
import { simulateOn } from "./platform-simulation.ts";

function emptyStorage(): Storage {
  localStorage.clear();
  return localStorage;
}

test("storage ends up equal to memory whichever call to localStorage fails", async () => {
  const tried = await persistThroughFaults({
    create: emptyStorage,
    open: (storage) => new LocalStorageStore(storage),
  });
  expect(tried).toBeGreaterThan(20);
});

test("storage equals memory once calls to localStorage work again, whichever of them have failed", async () => {
  await simulateOn({
    runs: 50,
    create: emptyStorage,
    open: (storage) => new LocalStorageStore(storage),
  });
});
