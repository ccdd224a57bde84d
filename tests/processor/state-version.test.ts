import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import { MemoryStore } from "../../mod.ts";
import { testStateVersions } from "./state-version-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-"));
const stores = new Set<SqliteStore>();
afterAll(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});
let tests = 0;

testStateVersions("MemoryStore", () => {
  const store = new MemoryStore();
  return { type: "Board", boss: "b", open: () => store };
});

testStateVersions("a SQLite file, opened by each version", () => {
  const test = tests++;
  return {
    type: `Board${test}`,
    boss: `boss${test}`,
    open() {
      const store = new SqliteStore(join(folder, "versions.sqlite"));
      stores.add(store);
      return store;
    },
  };
});
