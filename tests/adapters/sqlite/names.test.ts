import Database from "better-sqlite3";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { mixedUpTypes } from "../shared/odd-types.ts";

test.each([
  ["better-sqlite3", () => new Database(":memory:")],
  ["node:sqlite", () => new DatabaseSync(":memory:")],
])("%s keeps any two types apart, whatever their names are", async (_, open) => {
  expect(await mixedUpTypes(new SqliteStore(open()))).toEqual([]);
});
