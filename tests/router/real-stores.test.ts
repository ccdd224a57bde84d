import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import { testEventIds } from "./event-ids-suite.ts";
import { testTenants } from "./tenants-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-"));
const stores = new Set<SqliteStore>();
afterAll(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});
let files = 0;

function open(name: string): SqliteStore {
  const store = new SqliteStore(join(folder, name));
  stores.add(store);
  return store;
}

testTenants("a SQLite file for each tenant, opened anew for each request", () => {
  const test = files++;
  return (tenant) => open(`${test}${tenant}`);
});

testEventIds("SQLite", () => open(`ids${files++}`));
