import { DatabaseSync } from "node:sqlite";
import { test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { constraintCases } from "../shared/constraints.ts";

for (const { name, run } of constraintCases) {
  test(`on Deno's node:sqlite, ${name}`, () => {
    const database = new DatabaseSync(":memory:");
    database.exec("pragma foreign_keys = on");
    return run({
      database,
      exec: (sql) => database.exec(sql),
      open: () => new SqliteStore(database),
    });
  });
}
