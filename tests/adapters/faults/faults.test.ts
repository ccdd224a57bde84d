import Database from "better-sqlite3";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { tryAllFaults } from "./fault-scenario.ts";

test("whichever call to node:sqlite fails, a commit is there whole or not at all", async () => {
  const tried = await tryAllFaults({
    create: () => new DatabaseSync(":memory:"),
    open: (database) => new SqliteStore(database),
  });
  expect(tried).toBeGreaterThan(20);
});

test("whichever call to better-sqlite3 fails, a commit is there whole or not at all", async () => {
  const tried = await tryAllFaults({
    create: () => new Database(":memory:"),
    open: (database) => new SqliteStore(database),
  });
  expect(tried).toBeGreaterThan(20);
});
