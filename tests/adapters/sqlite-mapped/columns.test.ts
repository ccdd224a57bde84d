import { describe, expect, test } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import type { Entry } from "../../../src/persistence/adapter/adapter.ts";
import { databases } from "./databases.ts";

const text = { type: "string" };
const number = { type: "number" };
const boolean = { type: "boolean" };
const todos = { type: "array", items: { $ref: "#/$defs/Todo" } };

const mapping = {
  Todo: { "x-na:store": { entity: "todos", pk: "id" } },
  TodoList: { "x-na:store": { entity: "todo_lists", pk: "id" } },
};

type Properties = Record<string, object>;

function schemaOf({ todo = {}, list = {} }: { todo?: Properties; list?: Properties }) {
  return {
    $defs: {
      Todo: { properties: { id: text, ...todo } },
      TodoList: { properties: { id: text, items: todos, ...list } },
    },
  };
}

describe.each(databases)("columns of SqliteMappedStore on $library", ({ open }) => {
  const columnNames = [
    ...["todo_list_id", "TODO_LIST_ID", "rian_todo_list_id", "rian_position", "rian_id"],
    ...["Rian_Array", "rian_rest", "rian_exact", "rian_format", "rian_keys", "id ", "ID"],
    ...["rowid", "_rowid_", "oid", "ROWID", "Oid", "", "constructor", "select", '"', "2", "a.b"],
    ...["\ud800", "\udfff", "\ufffd", "\0", "a\0b", "é", "É", "😀", ".", "owner", "root", "keys"],
  ];

  test("take properties of any name, and none meets another or a column of ours", async () => {
    const database = open();
    const properties = Object.fromEntries(columnNames.map((name) => [name, text]));
    const schema = schemaOf({ todo: properties, list: properties });
    const store = new SqliteMappedStore(database, { mapping, schema });
    const item = Object.fromEntries(columnNames.map((name, index) => [name, `value ${index}`]));
    const value = { ...item, id: "a", items: [{ ...item, id: "x" }, { ...item, id: "y" }] };
    await store.commit(["a", "b"].map((key) => ({ type: "TodoList", key, value })));
    await store.commit([{ type: "Todo", key: "a", value: item }]);
    expect(await store.load("TodoList", "a")).toStrictEqual(value);
    expect(await store.load("Todo", "a")).toStrictEqual(item);
    const shown = database.prepare('select constructor, "select", "É" from todos').get();
    const [constructor, select, é] = [item["constructor"], item["select"], item["É"]];
    expect(shown).toEqual({ constructor, select, É: é });
    await store.commit([{ type: "TodoList", key: "a", value: { ...value, items: [] } }]);
    expect(await store.load("TodoList", "b")).toStrictEqual(value);
    expect(await store.load("Todo", "a")).toStrictEqual(item);
  });

  test("still show which document an item belongs to after items gain a property of the name of the foreign key", async () => {
    const database = open();
    const value = { id: "a", items: [{ id: "x" }, { id: "y", todo_list_id: "other" }] };
    const earlier = new SqliteMappedStore(database, { mapping, schema: schemaOf({}) });
    await earlier.persist("TodoList", "a", {}, value);
    const schema = schemaOf({ todo: { todo_list_id: text } });
    const later = new SqliteMappedStore(database, { mapping, schema });
    expect(await later.load("TodoList", "a")).toStrictEqual(value);
    await later.persist("TodoList", "b", {}, value);
    expect(await later.load("TodoList", "b")).toStrictEqual(value);
    expect(await earlier.load("TodoList", "b")).toStrictEqual(value);
    expect(database.prepare("select distinct todo_list_id as owner from todos order by 1").all())
      .toEqual([{ owner: "a" }, { owner: "b" }]);
  });

  test("show the documents of tables with like names in columns of their own", async () => {
    const database = open();
    const properties = { id: text, items: todos };
    const types = { Todo: "todos", One: "todo_list", Many: "todo_lists" };
    const schema = {
      $defs: { Todo: { properties: { id: text } }, One: { properties }, Many: { properties } },
    };
    const store = new SqliteMappedStore(database, {
      mapping: Object.fromEntries(
        Object.entries(types).map(([type, entity]) => [type, { "x-na:store": { entity } }]),
      ),
      schema,
    });
    for (const type of ["One", "Many"]) {
      await store.persist(type, "a", {}, { id: "a", items: [{ id: type }] });
    }
    const select = "select id from todos where todo_list_id = 'a'";
    expect(database.prepare(select).all()).toEqual([{ id: "One" }]);
    expect(database.prepare(select.replace("todo_list", "rian_todo_list")).all())
      .toEqual([{ id: "Many" }]);
  });

  test("refuse a pk of a name that SQLite or the store uses itself", () => {
    for (const pk of ["rowid", "OID", "_rowid_", "rian_position", "", "\ud800", "a\0"]) {
      const renamed = { ...mapping, Todo: { "x-na:store": { entity: "todos", pk } } };
      expect(() => new SqliteMappedStore(open(), { mapping: renamed, schema: schemaOf({}) }), pk)
        .toThrow("Cannot map the type Todo");
    }
  });

  test("keep arrays apart whose names would run into each other", async () => {
    const [high, low] = ["\ud800", "\udfff"];
    const database = open();
    const items = { type: "array", items: { $ref: "#/$defs/I" } };
    const store = new SqliteMappedStore(database, {
      mapping: {
        I: { "x-na:store": { entity: "i" } },
        A: { "x-na:store": { entity: "a" } },
        "A.b": { "x-na:store": { entity: "ab" } },
      },
      schema: {
        $defs: {
          I: { properties: { id: text } },
          A: { properties: { id: text, "b.c": items, [high]: items, [low]: items } },
          "A.b": { properties: { id: text, c: items } },
        },
      },
    });
    const first = { "b.c": [{ id: "1" }], [high]: [{ id: "2" }], [low]: [{ id: "3" }] };
    const second = { c: [{ id: "4" }, { id: "5" }] };
    await store.commit([
      { type: "A", key: "x", value: first },
      { type: "A.b", key: "x", value: second },
    ]);
    expect(await store.load("A", "x")).toStrictEqual(first);
    expect(await store.load("A.b", "x")).toStrictEqual(second);
  });

  test("keep arrays whose names are the same up to a NUL, as the schema gains one after the other", async () => {
    const database = open();
    const list: Record<string, object> = { id: text };
    const value: Record<string, unknown> = { id: "a" };
    for (const name of ["p", "p\0", "p\0q", "", "\0"]) {
      list[name] = todos;
      value[name] = [{ id: name }];
      const store = new SqliteMappedStore(database, { mapping, schema: schemaOf({ list }) });
      await store.persist("TodoList", "a", {}, value);
      expect(await store.load("TodoList", "a")).toStrictEqual(value);
    }
  });

  const odd: readonly unknown[] = [
    ...["007", "1e3", " 12 ", "0x10", "", "1", "9007199254740993", "NaN", "true", "a\0b", "\udc00"],
    ...[0, -0, 1, 1.5, NaN, Infinity, 2 ** 53, 2 ** 60, 0.1 + 0.2, 1e300, 5e-324, -1e15],
    ...[true, false, null, undefined, 7n, 2n ** 70n, new Date(1e12), new Date(NaN)],
    ...[[], [1], {}, { a: [{ b: 1 }] }, new Map([[1, 2]]), new Uint8Array([1])],
  ];

  test("give back every value as it was, whatever type the schema says", async () => {
    const kinds = { ...{ text, number, integer: { type: "integer" }, boolean } };
    const schema = schemaOf({ todo: kinds, list: kinds });
    const store = new SqliteMappedStore(open(), { mapping, schema });
    for (const value of odd) {
      const properties = Object.fromEntries(Object.keys(kinds).map((name) => [name, value]));
      const list = { id: "a", ...properties, items: [{ id: "x", ...properties }] };
      await store.commit([{ type: "TodoList", key: "a", value: list }]);
      expect(await store.load("TodoList", "a")).toStrictEqual(list);
    }
  });

  test("give back every value as it was from a table that another tool has declared", async () => {
    const declared = [
      "text",
      "varchar(9) collate nocase",
      "integer",
      "numeric",
      "real",
      "blob",
      "",
    ];
    const names = declared.map((_, index) => `p${index}`);
    for (const kind of [text, number, { type: "integer" }, boolean]) {
      const database = open();
      const columns = declared.map((type, index) => `p${index} ${type}`).join(", ");
      database.exec(`create table todos (id integer, created_by text default 'them', ${columns})`);
      database.exec(`create table todo_lists (ID TEXT, ${columns})`);
      const properties = Object.fromEntries(names.map((name) => [name, kind]));
      const schema = schemaOf({ todo: properties, list: properties });
      const store = new SqliteMappedStore(database, { mapping, schema });
      const values = odd.flatMap((value) =>
        typeof value === "string" ? [value, `${value}X`] : [value]
      );
      for (const value of [...values, "ABC", "abc"]) {
        const each = Object.fromEntries(names.map((name) => [name, value]));
        const list = { id: "a", ...each, items: [{ id: "007", ...each }, { id: 7, ...each }] };
        await store.commit([{ type: "TodoList", key: "a", value: list }]);
        expect(await store.load("TodoList", "a")).toStrictEqual(list);
      }
      const again = new SqliteMappedStore(database, { mapping, schema });
      expect(await again.load("TodoList", "a")).toMatchObject({
        items: [{ id: "007" }, { id: 7 }],
      });
    }
  });

  test("show other tools numbers as numbers, text as text, booleans as 0 and 1 and dates as ISO text", async () => {
    const database = open();
    const schema = schemaOf({ list: { title: text, n: number, done: boolean, at: text } });
    const store = new SqliteMappedStore(database, { mapping, schema });
    const at = new Date("2026-11-21T12:00:00.000Z");
    await store.persist("TodoList", "a", {}, { id: "a", title: "x", n: 1.5, done: true, at });
    const [row] = database.prepare("select id, title, n, done, at from todo_lists").all();
    expect(row).toEqual({ id: "a", title: "x", n: 1.5, done: 1, at: "2026-11-21T12:00:00.000Z" });
    expect(await store.load("TodoList", "a")).toMatchObject({ at });
    database.exec("update todo_lists set at = '2027-01-01T00:00:00Z'");
    expect(await store.load("TodoList", "a")).toMatchObject({ at: new Date("2027-01-01") });
  });

  test("show keys as they are, and 1, '1' and true stay different", async () => {
    const database = open();
    const store = new SqliteMappedStore(database, { mapping, schema: schemaOf({}) });
    const keys = [true, -1, 0.5, 1, 42, new Date(5), "!b1", "1", "42", "a\0", "\ud800"];
    await store.commit(keys.map((key) => {
      return { type: "TodoList", key, value: { id: key, items: [{ id: 1 }, { id: "1" }] } };
    }));
    const listed: Entry[] = [];
    for await (const entry of store.list("TodoList")) listed.push(entry);
    expect(listed.map(({ key }) => key)).toEqual(keys);
    expect(listed.map(({ value }) => value)).toStrictEqual(keys.map((key) => {
      return { id: key, items: [{ id: 1 }, { id: "1" }] };
    }));
    const sum =
      "select sum(l.id) as sum, count(t.id) as todos from todo_lists as l join todos as t " +
      "on t.todo_list_id = l.id where typeof(l.id) in ('integer', 'real') and l.id > 1";
    expect(database.prepare(sum).get()).toEqual({ sum: 84, todos: 2 });
    await store.commit([{ type: "TodoList", key: 42, delete: true }]);
    expect(await store.load("TodoList", "42")).toMatchObject({ id: "42" });
  });
});
