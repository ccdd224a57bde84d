import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import { Beats } from "../support/beats.ts";
import { modelApp, modelStorage } from "./network-model/app.ts";
import { runSchedules } from "./network-model/schedule.ts";

// A browser's, which Node lacks: pages listen for `online` and `pageshow`.
vi.stubGlobal("addEventListener", () => {});

const folder = mkdtempSync(join(tmpdir(), "rian-network-"));
const stores = [0, 1].map(() => new SqliteStore(join(folder, "lists.sqlite")));
afterAll(async () => {
  vi.unstubAllGlobals();
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});

const processes = stores.map((store) => {
  const beats = new Beats();
  const app = modelApp(store, beats);
  return {
    request: async (url: string, init?: RequestInit) => await app.request(url, init),
    ring: () => beats.ring(),
  };
});
const world = {
  processes,
  storage: modelStorage(stores[0]!),
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};

test.for([1, 101, 201])(
  "every page ends with its own view of what is stored, and each event is applied once and settled, in 100 schedules from seed %i on, of two processes on one file",
  async (first) => {
    const { faults, applied } = await runSchedules(world, { first, count: 100 });
    expect(faults).toEqual([]);
    expect(applied).toBeGreaterThan(500);
  },
);
