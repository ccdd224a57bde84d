import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import { testNewShapes } from "./new-shape-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-"));
const stores = new Set<SqliteStore>();
afterAll(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});
let tests = 0;

testNewShapes("a SQLite file", () => {
  const type = `Board${tests++}`;
  return {
    type,
    open() {
      const store = new SqliteStore(join(folder, "boards.sqlite"));
      stores.add(store);
      return store;
    },
  };
});
