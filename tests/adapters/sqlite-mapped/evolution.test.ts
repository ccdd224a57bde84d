import { describe, expect, test } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { databases } from "./databases.ts";
import {
  boolean,
  full,
  mapping,
  openStore,
  type Properties,
  text,
  todos,
  value,
} from "./evolving.ts";
import { storeWideDocuments } from "./wide.ts";

describe.each(databases)("a schema that changes, of SqliteMappedStore on $library", ({ open }) => {
  const database = open();

  test("leaves properties and arrays that it drops in their columns and rows", async () => {
    const on = open();
    await openStore(full, on).persist("TodoList", "a", {}, value);
    const later = openStore({ todo: { id: text }, list: { id: text } }, on);
    expect(await later.load("TodoList", "a")).toStrictEqual(value);
    const changed = { ...value, title: "y", done: false, items: [{ id: "z", done: true }] };
    await later.persist("TodoList", "a", {}, changed);
    expect(await later.load("TodoList", "a")).toStrictEqual(changed);
    expect(await openStore(full, on).load("TodoList", "a")).toStrictEqual(changed);
    expect(on.prepare("select title, done from todo_lists").all()).toEqual([{
      title: "y",
      done: 0,
    }]);
    expect(on.prepare("select id, done from todos").all()).toEqual([{ id: "z", done: 1 }]);
    const { title: _, items: __, ...less } = changed;
    await later.persist("TodoList", "a", {}, less);
    expect(await openStore(full, on).load("TodoList", "a")).toStrictEqual(less);
    expect(on.prepare("select title from todo_lists").all()).toEqual([{ title: null }]);
    await later.commit([{ type: "TodoList", key: "a", delete: true }]);
    expect(on.prepare("select count(*) as n from todos").get()).toEqual({ n: 0 });
  });

  test("keeps the items of an array whose type is not mapped any more", async () => {
    const on = open();
    await openStore(full, on).persist("TodoList", "a", {}, value);
    const later = new SqliteMappedStore(on, {
      mapping: { TodoList: mapping.TodoList },
      schema: { $defs: { TodoList: { properties: full.list } } },
    });
    expect(await later.load("TodoList", "a")).toStrictEqual(value);
    await later.clear("TodoList");
    expect(on.prepare("select count(*) as n from todos").get()).toEqual({ n: 0 });
  });

  test("keeps what was stored when a property gets another type", async () => {
    const on = open();
    const kinds = [text, { type: "number" }, boolean, { type: "integer" }, todos, {
      type: "object",
    }];
    const values = ["1", "007", 1, 0, 5, true, false, [{ id: "t" }], [], null];
    for (const [index, kind] of kinds.entries()) {
      const store = openStore({ todo: { id: text, p: kind }, list: { id: text, p: kind } }, on);
      await store.commit(values.map((p, each) => {
        return { type: "TodoList", key: `${index} ${each}`, value: { p, items: [{ p }] } };
      }));
      for (let earlier = 0; earlier <= index; earlier++) {
        for (const [each, p] of values.entries()) {
          const read = await store.load("TodoList", `${earlier} ${each}`);
          expect(read).toStrictEqual({ p, items: [{ p }] });
        }
      }
    }
  });

  test("may turn a column into an array, whose documents keep their objects and the order of their keys", async () => {
    const on = open();
    const [asText, asArray] = [text, todos].map((p) =>
      openStore({ todo: {}, list: { q: todos, p } }, on)
    );
    const values = [
      ...[{ p: { generation: 3 } }, { p: { generation: 0, id: "x" } }, { p: [] }, { p: [1] }, {}],
      ...[{ q: [{ id: "x" }], p: [{ id: "y" }] }, { p: [{ id: "y" }], q: [] }, { q: [], p: "p" }],
    ];
    const stores = [asArray!, asText!, openStore({ todo: {}, list: { p: text, q: todos } }, on)];
    for (const [index, store] of stores.entries()) {
      await store.commit(
        values.map((value, each) => ({ type: "TodoList", key: index * 10 + each, value })),
      );
      for (const reader of stores) {
        for (let key = 0; key < index * 10 + values.length; key++) {
          const value = values[key % 10];
          const read = (await reader.get("TodoList", key))?.value;
          expect(read).toStrictEqual(value);
          expect(Object.keys(read ?? {})).toEqual(Object.keys(value ?? {}));
        }
      }
    }
  });

  test("lets a store that found the tables of a type missing clear the type once others have made them", async () => {
    const on = open();
    const early = openStore(full, on);
    await early.commit([{ type: "Todo", key: "x", value: { id: "x" } }]);
    expect(await early.load("TodoList", "a")).toBeNull();
    await openStore(full, on).persist("TodoList", "a", {}, value);
    await early.clear("TodoList");
    expect(on.prepare("select id from todo_lists").all()).toEqual([]);
    expect(on.prepare("select id from todos").all()).toEqual([{ id: "x" }]);
  });

  test("gains a property of the name of a key that no rows show yet", async () => {
    const on = open();
    const lists = { type: "array", items: { $ref: "#/$defs/TodoList" } };
    const storeOf = (todo: Properties) => {
      return new SqliteMappedStore(on, {
        mapping: { ...mapping, Board: { "x-na:store": { entity: "boards" } } },
        schema: {
          $defs: {
            Todo: { properties: todo },
            TodoList: { properties: { items: todos } },
            Board: { properties: { lists } },
          },
        },
      });
    };
    await storeOf({}).persist("Board", "b", {}, { lists: [] });
    const store = storeOf({ todo_list_id: text });
    const list = { items: [{ todo_list_id: "mine" }] };
    await store.persist("TodoList", "a", {}, list);
    expect(await store.load("TodoList", "a")).toStrictEqual(list);
    expect(on.prepare("select todo_list_id from todos").all()).toEqual([{ todo_list_id: "a" }]);
  });

  test("cannot give a table to another type or another pk", async () => {
    const on = open();
    await openStore(full, on).persist("TodoList", "a", {}, value);
    const renamed = new SqliteMappedStore(on, {
      mapping: { List: mapping.TodoList },
      schema: { $defs: { List: { properties: full.list } } },
    });
    await expect(renamed.persist("List", "a", {}, value)).rejects.toThrow(
      "the table todo_lists holds documents of the type TodoList with the pk id",
    );
    const rekeyed = new SqliteMappedStore(on, {
      mapping: { TodoList: { "x-na:store": { entity: "todo_lists", pk: "title" } } },
      schema: { $defs: { TodoList: { properties: full.list } } },
    });
    await expect(rekeyed.load("TodoList", "a")).rejects.toThrow("choose another entity");
  });

  test("keeps columns that another tool has added or removed out of documents", async () => {
    const store = openStore(full, database);
    await store.persist("TodoList", "a", {}, value);
    database.exec("alter table todo_lists add column created_by text default 'them'");
    database.exec("create view v as select id from todo_lists");
    expect(await store.load("TodoList", "a")).toStrictEqual(value);
    database.exec("alter table todo_lists drop column title");
    const { title: _, ...others } = value;
    expect(await store.load("TodoList", "a")).toStrictEqual(others);
    await store.persist("TodoList", "a", {}, value);
    expect(await store.load("TodoList", "a")).toStrictEqual(value);
    expect(database.prepare("select created_by from todo_lists").all())
      .toEqual([{ created_by: "them" }]);
  });

  test("gains a property of the name of a column that another tool has generated", async () => {
    const on = open();
    await openStore({ todo: {}, list: { title: text } }, on).persist("TodoList", "a", {}, value);
    on.exec("alter table todo_lists add column at text as (upper(title)) virtual");
    const later = openStore(full, on);
    expect(await later.load("TodoList", "a")).toStrictEqual(value);
    await later.persist("TodoList", "a", {}, { ...value, at: "later" });
    expect(await later.load("TodoList", "a")).toStrictEqual({ ...value, at: "later" });
    expect(on.prepare("select at from todo_lists").all()).toEqual([{ at: "X" }]);
  });

  test("may have more properties than a table has columns", async () => {
    for (const [stored, read] of await storeWideDocuments(open(), [1_100, 3])) {
      expect(read).toStrictEqual(stored);
    }
  });
});
