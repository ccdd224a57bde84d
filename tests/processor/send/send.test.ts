import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { type Adapter, MemoryStore } from "../../../mod.ts";
import { testSend } from "./send-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-"));
const stores = new Set<Adapter>();
afterAll(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});
let files = 0;

function opening(open: (path: string) => Adapter): { readonly open: () => Adapter } {
  const path = join(folder, `${files++}.sqlite`);
  return {
    open() {
      const store = open(path);
      stores.add(store);
      return store;
    },
  };
}

testSend("MemoryStore", () => {
  const store = new MemoryStore();
  return { open: () => store };
});

testSend("a SQLite file", () => opening((path) => new SqliteStore(path)));

testSend("a SQLite file by node:sqlite", () => {
  return opening((path) => new SqliteStore(path, { driver: "node:sqlite" }));
});

testSend("tables that other tools can query", () => {
  const Mailbox = { "x-na:store": { entity: "mailboxes", pk: "id" } };
  return opening((path) =>
    new SqliteMappedStore(path, {
      mapping: { Mailbox },
      schema: { $defs: { Mailbox: { properties: { id: { type: "string" } } } } },
    })
  );
});
