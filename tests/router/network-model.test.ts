import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import { type ModelStorage, testNetworkModel } from "./network-model-suite.ts";
import { overSockets } from "./support-sockets.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-network-"));
const stores: SqliteStore[] = [];
afterAll(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});

function onFile(name: string): ModelStorage {
  return {
    open() {
      const store = new SqliteStore(join(folder, name));
      stores.push(store);
      return store;
    },
    turn: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

testNetworkModel("one file", {
  schedules: 600,
  perTest: 100,
  storage: () => onFile("lists.sqlite"),
});

testNetworkModel("one file, over sockets", {
  schedules: 300,
  perTest: 100,
  storage: () => ({ ...onFile("sockets.sqlite"), reach: overSockets }),
});
