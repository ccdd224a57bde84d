import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import { MemoryStore } from "../../mod.ts";
import { thousandIncrements } from "../support/thousand-increments.ts";

test("1,000 concurrent increments in memory make 1,000", async () => {
  const store = new MemoryStore();
  expect(await thousandIncrements(() => store)).toEqual({ count: 1000, errors: [] });
});

test("1,000 concurrent increments through two connections to one SQLite file make 1,000", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rian-"));
  const stores: SqliteStore[] = [];
  onTestFinished(async () => {
    for (const store of stores) await store.close();
    rmSync(folder, { recursive: true });
  });
  const open = () => stores[stores.push(new SqliteStore(join(folder, "counter.sqlite"))) - 1]!;
  expect(await thousandIncrements(open)).toEqual({ count: 1000, errors: [] });
});
