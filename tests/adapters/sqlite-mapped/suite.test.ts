import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { encodeKey } from "../../../src/persistence/adapter/keys.ts";
import { testAdapter } from "../../../src/testing/mod.ts";
import { tryAllFaults } from "../faults/fault-scenario.ts";
import { damageSql, MappedEverythingStore } from "./everything.ts";
import { listOf, mapping, openLists, schema, text } from "./lists.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-mapped-"));
afterAll(() => rmSync(folder, { recursive: true }));

let now = 1_800_000_000_000;
const file = new DatabaseSync(join(folder, "suite.db"));
const cases = testAdapter("SqliteMappedStore", () => {
  return new MappedEverythingStore(file, { clock: { now: () => now } });
}, {
  advance: (milliseconds) => {
    now += milliseconds;
  },
  corrupt(type, key) {
    file.prepare(damageSql(type)).run(encodeKey(key));
  },
});
for (const { name, skip, run } of cases) test.skipIf(skip)(name, run);

describe("SqliteMappedStore", () => {
  test("lets other tools query the tables as they would expect to", async () => {
    const { database, store } = openLists();
    await store.persist("TodoList", "my-list", {}, { ...listOf(3), createdBy: "ada" });
    expect(database.prepare(`select id, title, createdBy from todo_lists`).all()).toEqual([
      { id: "my-list", title: "Shopping", createdBy: "ada" },
    ]);
    const rows = database.prepare(
      "select id, title, completed from todos where todo_list_id = 'my-list' order by rian_position desc",
    ).all();
    expect(rows[0]).toEqual({ id: "todo-2", title: "Buy milk 2", completed: 0 });
    expect(rows.length).toBe(3);
  });

  test("keeps arrays in order, several of one type, and those of two kinds of parents", async () => {
    const { database, store } = openLists();
    const todo = (id: string) => ({ id, title: id, completed: true });
    const listed = { id: "a", items: ["z", "a", "m"].map(todo), archived: ["b", "a"].map(todo) };
    const project = { code: "a", tasks: ["q", "a"].map(todo) };
    const alone = { id: "a", title: "alone", completed: false };
    await store.commit([
      { type: "TodoList", key: "a", value: listed },
      { type: "Project", key: "a", value: project },
      { type: "Todo", key: "a", value: alone },
    ]);
    expect(await store.load("TodoList", "a")).toEqual(listed);
    expect(await store.load("Project", "a")).toEqual(project);
    expect(await store.load("Todo", "a")).toEqual(alone);
    const counts = database.prepare(
      "select count(*) as n, count(todo_list_id) as lists, count(project_code) as projects from todos",
    ).get();
    expect(counts).toEqual({ n: 8, lists: 5, projects: 2 });
    await store.clear("TodoList");
    expect(await store.load("Project", "a")).toEqual(project);
    expect(await store.load("Todo", "a")).toEqual(alone);
    expect(database.prepare("select count(*) as n from todos").get()).toEqual({ n: 3 });
  });

  test("writes one row of the todos when one of 1,000 is toggled, and none of the lists", async () => {
    const { database, store } = openLists();
    const before = listOf(1_000);
    await store.persist("TodoList", "my-list", before, before);
    database.exec("create table changes (what text)");
    for (const table of ["todos", "todo_lists"]) {
      for (const change of ["insert", "update", "delete"]) {
        database.exec(
          `create trigger ${table}_${change} after ${change} on ${table} begin ` +
            `insert into changes values ('${change} ${table}'); end`,
        );
      }
    }
    const items = before.items.with(500, { ...before.items[500]!, completed: true });
    await store.persist("TodoList", "my-list", { items }, { ...before, items });
    expect(database.prepare("select what from changes").all()).toEqual([{ what: "update todos" }]);
    expect(await store.load("TodoList", "my-list")).toEqual({ ...before, items });
    database.exec("delete from changes");
    const shorter = items.slice(0, -2);
    await store.persist("TodoList", "my-list", { items: shorter }, { ...before, items: shorter });
    const changes = database.prepare("select what from changes").all();
    expect(changes).toEqual([{ what: "delete todos" }, { what: "delete todos" }]);
  });

  test("adds a column when the schema gains a property, and finds what was in the rest", async () => {
    const { database, store } = openLists();
    await store.persist("TodoList", "a", {}, {
      id: "a",
      colour: "red",
      items: [{ id: "t", rank: 1 }],
    });
    const $defs = structuredClone(schema.$defs) as Record<string, { properties: object }>;
    Object.assign($defs["TodoList"]!.properties, { colour: text });
    Object.assign($defs["Todo"]!.properties, { rank: { type: "integer" }, note: text });
    const later = new SqliteMappedStore(database, { mapping, schema: { $defs } });
    const expected = { id: "a", colour: "red", items: [{ id: "t", rank: 1 }] };
    expect(await later.load("TodoList", "a")).toEqual(expected);
    await later.persist("TodoList", "b", {}, {
      id: "b",
      colour: "blue",
      items: [{ id: "u", rank: 2 }],
    });
    expect(database.prepare("select id, colour from todo_lists").all()).toEqual([
      { id: "a", colour: null },
      { id: "b", colour: "blue" },
    ]);
    expect(await later.load("TodoList", "a")).toEqual(expected);
  });

  test("reads documents from before an array of the schema had a table", async () => {
    const database = new DatabaseSync(":memory:");
    const { TodoList } = schema.$defs;
    const { items: _, archived: __, ...properties } = TodoList.properties;
    const earlier = new SqliteMappedStore(database, {
      mapping: { TodoList: mapping.TodoList },
      schema: { $defs: { TodoList: { properties } } },
    });
    await earlier.persist("TodoList", "my-list", {}, listOf(2));
    const { store } = openLists(database);
    expect(await store.load("TodoList", "my-list")).toEqual(listOf(2));
    await store.persist("TodoList", "my-list", {}, listOf(3));
    expect(database.prepare("select count(*) as n from todos").get()).toEqual({ n: 3 });
  });

  test("keeps types that are not mapped as SqliteStore does, in the same transaction", async () => {
    const { store } = openLists();
    const writes = [
      { type: "TodoList", key: "my-list", value: listOf(1), ifVersion: null },
      { type: "Receipt", key: "e1", value: { patches: [] }, ifVersion: null },
    ];
    await store.commit(writes);
    await expect(store.commit([{ ...writes[0]!, value: listOf(2) }, { ...writes[1]!, key: "e2" }]))
      .rejects.toMatchObject({ name: "ConflictError", type: "TodoList", key: "my-list" });
    expect(await store.load("Receipt", "e2")).toBeNull();
    expect(await store.load("TodoList", "my-list")).toEqual(listOf(1));
  });

  test("lists large documents behind small ones in pages that are not larger", async () => {
    const { store } = openLists();
    const text = "x".repeat(1_000);
    const documents = Array.from({ length: 150 }, (_, n) => {
      const items = Array.from({ length: n < 100 ? 1 : 500 }, (_, n) => ({ id: n, note: text }));
      return { id: `${n}`.padStart(3, "0"), items };
    });
    for (const value of documents) await store.commit([{ type: "TodoList", key: value.id, value }]);
    for (const reverse of [false, true]) {
      const found: unknown[] = [];
      for await (const page of store.pages("TodoList", { reverse })) {
        const values = page.map(({ value }) => value);
        // A page is two megabytes, or four times as much where long documents are among short ones.
        expect(JSON.stringify(values).length).toBeLessThan(10_000_000);
        found.push(...values);
      }
      expect(found).toEqual(reverse ? documents.toReversed() : documents);
    }
  });

  test("is whole after a failure of any call to the database", async () => {
    const tried = await tryAllFaults({
      create: () => new DatabaseSync(":memory:"),
      open: (database) => new MappedEverythingStore(database),
    });
    expect(tried).toBeGreaterThan(30);
  });
});
