import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import { type Adapter, MemoryStore } from "../../mod.ts";
import { testMetadata } from "./metadata-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-"));
const stores = new Set<SqliteStore>();
afterAll(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});
let tests = 0;

testMetadata("MemoryStore", () => {
  const store = new MemoryStore();
  return { type: "Counter", open: () => store };
});

testMetadata("a SQLite file, opened twice", () => {
  const type = `Counter${tests++}`;
  return {
    type,
    open() {
      const store = new SqliteStore(join(folder, "metadata.sqlite"));
      stores.add(store);
      return store;
    },
  };
});

for (const maxMetadataBytes of [300, 700, 1_800]) {
  testMetadata(`an adapter with ${maxMetadataBytes} bytes for metadata`, () => {
    const store = new MemoryStore();
    const narrow: Adapter = Object.assign(Object.create(store) as Adapter, {
      capabilities: { ...store.capabilities, maxMetadataBytes },
      get: store.get.bind(store),
      list: store.list.bind(store),
      commit: store.commit.bind(store),
    });
    return { type: "Counter", open: () => narrow };
  });
}
