import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import { testNetworkModel } from "./network-model-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-network-"));
const stores: SqliteStore[] = [];
afterAll(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});

testNetworkModel("one file", {
  schedules: 600,
  perTest: 100,
  storage: () => ({
    open() {
      const store = new SqliteStore(join(folder, "lists.sqlite"));
      stores.push(store);
      return store;
    },
    turn: () => new Promise((resolve) => setImmediate(resolve)),
  }),
});
