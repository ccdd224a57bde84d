import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hono } from "hono";
import { afterAll, expect, test, vi } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import { Beats } from "../support/beats.ts";
import { modelApp, modelStorage } from "./network-model/app.ts";
import { type ModelWorld, runSchedules } from "./network-model/schedule.ts";
import { overSockets } from "./support-sockets.ts";

// A browser's, which Node lacks: pages listen for `online` and `pageshow`.
vi.stubGlobal("addEventListener", () => {});
vi.stubGlobal("document", { __proto__: { hidden: false } });

const folder = mkdtempSync(join(tmpdir(), "rian-network-"));
const stores = [0, 1].map(() => new SqliteStore(join(folder, "lists.sqlite")));
afterAll(async () => {
  vi.unstubAllGlobals();
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});

/** Returns the world of two processes, whose apps pages reach in this way. */
function worldOf(reach: (app: Hono) => Pick<Hono, "request">): ModelWorld {
  const processes = stores.map((store) => {
    const beats = new Beats();
    const app = reach(modelApp(store, beats));
    return {
      request: async (url: string, init?: RequestInit) => await app.request(url, init),
      ring: () => beats.ring(),
    };
  });
  return {
    processes,
    storage: modelStorage(stores[0]!),
    turn: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

const worlds: Readonly<Record<string, ModelWorld>> = {
  "streams": worldOf((app) => app),
  "sockets": worldOf(overSockets),
};

test.for<[way: string, first: number]>([
  ["streams", 1],
  ["streams", 101],
  ["streams", 201],
  ["sockets", 301],
  ["sockets", 401],
])(
  "over %s, every page ends with its own view of what is stored, and each event is applied once and settled, in 100 schedules from seed %i on, of two processes on one file",
  async ([way, first]) => {
    const { faults, applied } = await runSchedules(worlds[way]!, { first, count: 100 });
    expect(faults).toEqual([]);
    expect(applied).toBeGreaterThan(500);
  },
);
