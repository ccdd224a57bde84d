import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { databases } from "./databases.ts";

const text = { type: "string" };
const number = { type: "number" };
const integer = { type: "integer" };
const boolean = { type: "boolean" };

type Properties = Record<string, object>;

describe.each(databases)("tables that another tool has made, on $library", ({ open }) => {
  function storeOn(database: ReturnType<typeof open>, todo: Properties): SqliteMappedStore {
    const items = { type: "array", items: { $ref: "#/$defs/Todo" } };
    return new SqliteMappedStore(database, {
      mapping: {
        Todo: { "x-na:store": { entity: "todos" } },
        List: { "x-na:store": { entity: "lists" } },
      },
      schema: { $defs: { Todo: { properties: todo }, List: { properties: { id: text, items } } } },
    });
  }

  test.each([{ text }, { number }, { integer }, { boolean }])(
    "give back every value though they are STRICT, of properties of %o",
    async (property) => {
      const [kind] = Object.values(property);
      const types = ["int", "integer", "real", "text", "any", "blob"];
      const columns = types.map((type) => `p_${type} ${type}`).join(", ");
      const database = open();
      database.exec(`create table todos (id any, ${columns}) strict`);
      const properties = Object.fromEntries(types.map((type) => [`p_${type}`, kind!]));
      const schema = { id: text, ...properties, added: kind! };
      const store = storeOn(database, schema);
      const values = [
        ...["", "a", "7", "007", "1.5", "1e3", 0, -0, 7, 1.5, 2 ** 53, 1e300, NaN, true, false],
        ...[null, undefined, 7n, 2n ** 70n, new Date(5), new Date(NaN), [], {}, "a\0b"],
      ];
      for (const value of values) {
        const names = [...Object.keys(properties), "added"];
        const todo = { id: "a", ...Object.fromEntries(names.map((name) => [name, value])) };
        const list = { id: "l", items: [todo, { ...todo, id: 7 }] };
        await store.commit([
          { type: "Todo", key: "a", value: todo },
          { type: "List", key: "l", value: list },
        ]);
        for (const each of [store, storeOn(database, schema)]) {
          expect(await each.load("Todo", "a")).toStrictEqual(todo);
          expect(await each.load("List", "l")).toStrictEqual(list);
        }
      }
    },
  );

  test("show in a STRICT column what is of its type, and null for what is not", async () => {
    const database = open();
    database.exec("create table todos (id text primary key, n real, done integer) strict");
    const store = storeOn(database, { id: text, n: number, done: boolean });
    await store.commit([
      { type: "Todo", key: "a", value: { id: "a", n: 1.5, done: true } },
      { type: "Todo", key: "b", value: { id: "b", n: "much", done: 0.5 } },
    ]);
    expect(database.prepare("select id, n, done from todos order by id").all()).toEqual([
      { id: "a", n: 1.5, done: 1 },
      { id: "b", n: null, done: null },
    ]);
  });

  test("take documents that have what must not be null, and use defaults for what no schema has", async () => {
    const database = open();
    database.exec(
      "create table todos (id text primary key, title text not null, by text not null default 'them')",
    );
    const store = storeOn(database, { id: text, title: text });
    await store.commit([{ type: "Todo", key: "a", value: { id: "a", title: "" } }]);
    expect(database.prepare("select id, title, by from todos").all())
      .toEqual([{ id: "a", title: "", by: "them" }]);
  });

  test("keep a row for each item as items change places, though no key may be there twice", async () => {
    const keys = ["v", "w", "x", "y", "z"];
    const lists = fc.shuffledSubarray(keys).chain((chosen) => {
      return fc.nat(chosen.length).map((at) => [chosen.slice(0, at), chosen.slice(at)]);
    });
    await fc.assert(
      fc.asyncProperty(fc.array(lists, { minLength: 2, maxLength: 6 }), async (steps) => {
        const database = open();
        database.exec("create table todos (id text primary key, note text)");
        const store = storeOn(database, { id: text });
        for (const step of steps) {
          const values = step.map((ids) => ({ items: ids.map((id) => ({ id })) }));
          await store.commit(values.map((value, key) => ({ type: "List", key, value })));
          for (const [key, value] of values.entries()) {
            expect((await store.get("List", key))?.value).toStrictEqual(value);
          }
          const rows = database.prepare("select count(*) as n from todos").get();
          expect(rows).toEqual({ n: step.flat().length });
        }
      }),
      { numRuns: 40 },
    );
  });

  test("keep what other tools have in the row of an item that had to change places", async () => {
    const database = open();
    database.exec("create table todos (id text primary key, note text)");
    const store = storeOn(database, { id: text });
    for (const order of ["vwx", "xwv"]) {
      const items = [...order].map((id) => ({ id }));
      await store.commit([{ type: "List", key: "a", value: { items } }]);
      database.exec("update todos set note = 'of ' || id where note is null");
    }
    expect(database.prepare("select id, note from todos order by rian_position").all())
      .toEqual(["x", "w", "v"].map((id) => ({ id, note: `of ${id}` })));
  });

  test("let rows change hands in one commit, whichever of its writes comes first", async () => {
    const database = open();
    database.exec("create table todos (id text primary key)");
    const store = storeOn(database, { id: text });
    const list = { items: [{ id: "x" }] };
    await store.persist("Todo", "x", {}, { id: "x" });
    await store.commit([
      { type: "List", key: "a", value: list },
      { type: "Todo", key: "x", delete: true },
    ]);
    await store.commit([
      { type: "List", key: "b", value: list },
      { type: "List", key: "a", value: "no list any more" },
    ]);
    expect(await store.load("List", "b")).toStrictEqual(list);
    expect(await store.load("Todo", "x")).toBeNull();
    expect(database.prepare("select id from todos").all()).toEqual([{ id: "x" }]);
  });

  test("are written to as before when they have been rebuilt without their indexes", async () => {
    const database = open();
    const store = storeOn(database, { id: text });
    await store.persist("List", "a", {}, { items: [{ id: "x" }, { id: "y" }] });
    for (const table of ["todos", "lists"]) {
      database.exec(
        `create table rebuilt as select * from ${table}; drop table ${table}; ` +
          `alter table rebuilt rename to ${table}`,
      );
    }
    const longer = { items: [{ id: "x" }, { id: "z" }, { id: "y" }] };
    await store.persist("List", "a", {}, longer);
    for (const each of [store, storeOn(database, { id: text })]) {
      expect(await each.load("List", "a")).toStrictEqual(longer);
    }
    expect(database.prepare("select count(*) as n from todos").get()).toEqual({ n: 3 });
  });

  test.each(["view todos as select 1 as id", "virtual table todos using fts5(id)"])(
    "are told that cannot have columns added (%s)",
    async (other) => {
      const database = open();
      database.exec(`create ${other}`);
      const store = storeOn(database, { id: text });
      await expect(store.persist("Todo", "a", {}, { id: "a" })).rejects.toThrow(
        "Cannot use the type Todo in SQLite: its table is a view, or virtual, and takes no columns; choose another",
      );
      expect(await store.load("Todo", "a")).toBeNull();
    },
  );

  const refused: readonly (readonly [columns: string, todo: object, error: string])[] = [
    [
      "id text, owner text not null",
      { id: "t" },
      "not null (NOT NULL constraint failed: todos.owner); give the document a value for it, or let the column be null",
    ],
    [
      "id text, title text not null default ''",
      { id: "t" },
      "not null items.title (NOT NULL constraint failed: todos.title)",
    ],
    [
      "id text unique",
      { id: "a" },
      "unique items.id (UNIQUE constraint failed: todos.id); another row",
    ],
    [
      "id integer primary key, title text",
      { title: "without a key" },
      "not null items.id (NOT NULL constraint failed: todos.id); give the document a value for it",
    ],
    [
      "id integer primary key",
      { id: "t" },
      "type (datatype mismatch); an integer primary key takes",
    ],
    [
      "id text, title text check (length(title) < 3)",
      { id: "t", title: "long" },
      "check items.title (CHECK constraint failed: length(title) < 3)",
    ],
    [
      "id text, list_id text as (id)",
      { id: "t" },
      'generated column (cannot INSERT into generated column "list_id"); let it be an ordinary column',
    ],
    [
      "id text references lists (id)",
      { id: "t" },
      "foreign key (FOREIGN KEY constraint failed); let the document refer",
    ],
  ];

  test.each(refused)(
    "refuse by name, and with nothing written, what does not fit (%s)",
    async (columns, todo, error) => {
      const database = open();
      database.exec(
        `pragma foreign_keys = on; create table lists (id text primary key); ` +
          `create table todos (${columns})`,
      );
      const store = storeOn(database, { id: text, title: text });
      const fitting = /integer/.test(columns) ? 1 : "a";
      const before = { id: "a", items: [{ id: fitting, title: "x" }] };
      const commit = store.commit([{ type: "List", key: "a", value: before }]);
      // Where even this does not fit there is no list before.
      const stored = await commit.then(() => before, () => null);
      const changed = { id: "a", items: [{ id: fitting, title: "y" }, todo] };
      const writes = [
        ...Array.from({ length: 20 }, (_, key) => ({ type: "List", key, value: { items: [] } })),
        { type: "List", key: "a", value: changed },
        ...Array.from({ length: 10 }, (_, key) => ({ type: "List", key: `k${key}`, value: {} })),
      ];
      for (const some of [writes, writes.slice(20, 21)]) {
        const refusal = await store.commit(some).catch((error) => error);
        expect(refusal).toMatchObject({ name: "ConstraintError", type: "List", key: "a" });
        expect(refusal.message).toContain(`Cannot commit to SQLite: List/a violates ${error}`);
        expect(String(refusal.cause)).toMatch(/constraint failed|mismatch|generated/);
      }
      expect(await store.load("List", "a")).toStrictEqual(stored);
      expect(await store.count("List")).toBe(stored ? 1 : 0);
    },
  );
});
