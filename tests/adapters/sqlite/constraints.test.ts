import Database from "better-sqlite3";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { ConstraintError } from "../../../mod.ts";
import { constraintCases } from "../shared/constraints.ts";
import { databases } from "../sqlite-mapped/databases.ts";

describe.each(databases)("On $library", ({ open }) => {
  for (const { name, run } of constraintCases) {
    test(name, () => {
      const database = open();
      database.exec("pragma foreign_keys = on");
      return run({
        database,
        exec: (sql) => database.exec(sql),
        open: () => new SqliteStore(database),
      });
    });
  }

  test("a foreign key that waits for the end of the commit refuses it, and names no document that may fit", async () => {
    const database = open();
    database.exec(
      "pragma foreign_keys = on; create table teams (id text primary key); create table people " +
        "(id text primary key, team text references teams (id) deferrable initially deferred)",
    );
    const store = new SqliteMappedStore(database, {
      mapping: { Person: { "x-na:store": { entity: "people" } } },
      schema: { $defs: { Person: { properties: { team: { type: "string" } } } } },
    });
    const error = await store.commit([
      { type: "Log", key: 1, value: 1 },
      { type: "Person", key: "a", value: { team: "gone" } },
      { type: "Person", key: "b", value: {} },
    ]).catch((error) => error);
    expect(error).toBeInstanceOf(ConstraintError);
    expect(error).toMatchObject({ constraint: "foreign key" });
    expect(error).not.toHaveProperty("key");
    expect(error.message).toContain("one of the documents violates foreign key");
    expect(await store.count("Person")).toBe(0);
    expect(await store.count("Log")).toBe(0);
  });

  test("a unique index on a column that is computed from the document names the field", async () => {
    const database = open();
    const store = new SqliteStore(database);
    await store.commit([{ type: "Order Line", key: 1, value: { no: 5 } }]);
    database.exec(
      `alter table "Order Line" add column no as (data ->> '$.no'); ` +
        `create unique index line_no on "Order Line" (no)`,
    );
    await expect(store.commit([{ type: "Order Line", key: 2, value: { no: 5 } }])).rejects
      .toMatchObject({
        ...{ name: "ConstraintError", type: "Order Line", key: 2, constraint: "unique" },
        ...{ field: "no", table: "Order Line", columns: ["no"] },
      });
  });

  test.each([
    [`(data ->> 'no')`, "no"],
    [`(data ->> '$.address."zip code"')`, "address.zip code"],
    [`(lower(json_extract(data, '$.it''s')))`, "it's"],
    [`(data ->> '$.a', data ->> '$.no')`, undefined],
    [`(length(data))`, undefined],
  ])("a unique index on %s is about the field %s", async (expression, field) => {
    const database = open();
    const store = new SqliteStore(database);
    const value = { no: 1, a: 1, address: { "zip code": "T12" }, "it's": "so" };
    await store.commit([{ type: "User", key: 1, value }]);
    database.exec(`create unique index "a 'b'" on "User" ${expression}`);
    const error = await store.commit([{ type: "User", key: 2, value }]).catch((error) => error);
    expect(error).toBeInstanceOf(ConstraintError);
    expect(error).toMatchObject({ key: 2, constraint: "unique", table: "User" });
    expect(error.field).toBe(field);
  });
});

test("the classes of errors that the drivers throw are left behind in the cause", async () => {
  const database = new Database(":memory:");
  const store = new SqliteStore(database);
  await store.commit([{ type: "User", key: 1, value: { a: 1 } }]);
  database.exec(`create unique index a on "User" (data ->> 'a')`);
  const error = await store.commit([{ type: "User", key: 2, value: { a: 1 } }])
    .catch((error) => error);
  expect(error.cause).toMatchObject({ code: "SQLITE_CONSTRAINT_UNIQUE" });
  expect(structuredClone({ ...error, cause: 1 })).toMatchObject({ field: "a" });
  const other = new DatabaseSync(":memory:");
  expect(() => other.exec("nonsense")).toThrow();
});
