import { describe, expect, test } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import type { Entry } from "../../../src/persistence/adapter/adapter.ts";
import type { UnreadableEntryError } from "../../../src/persistence/adapter/errors.ts";
import { databases } from "./databases.ts";

const text = { type: "string" };
const number = { type: "number" };
const boolean = { type: "boolean" };

const mapping = {
  Todo: { "x-na:store": { entity: "todos", pk: "id" } },
  TodoList: { "x-na:store": { entity: "todo_lists", pk: "id" } },
};
const schema = {
  $defs: {
    Todo: { properties: { id: text, title: text, done: boolean, n: number } },
    TodoList: {
      properties: {
        ...{ id: text, title: text, n: number, at: text, serial: { type: "integer" } },
        items: { type: "array", items: { $ref: "#/$defs/Todo" } },
      },
    },
  },
};

const serial = 1_764_000_000_000_000n;

function listOf(id: string) {
  const items = ["x", "y", "z"].map((each) => ({ id: each, title: each, done: false, extra: 1 }));
  return { labels: ["l"], id, title: "Shopping", at: new Date(5), n: NaN, serial, items };
}

type List = ReturnType<typeof listOf>;

describe.each(databases)("SqliteMappedStore among other tools on $library", ({ open }) => {
  async function filled() {
    const database = open();
    const store = new SqliteMappedStore(database, { mapping, schema });
    await store.commit(
      ["a", "b", "c"].map((key) => ({ type: "TodoList", key, value: listOf(key) })),
    );
    return { database, store };
  }

  const seen: Record<string, (list: List) => object> = {
    "update todo_lists set title = 'Other' where id = 'b'": (list) => ({ ...list, title: "Other" }),
    "update todo_lists set title = '' where id = 'b'": (list) => ({ ...list, title: "" }),
    "update todo_lists set n = 5 where id = 'b'": (list) => ({ ...list, n: 5 }),
    "update todo_lists set serial = serial + 1 where id = 'b'": (list) => {
      return { ...list, serial: serial + 1n };
    },
    "update todo_lists set n = 9223372036854775807 where id = 'b'": (list) => {
      return { ...list, n: 2 ** 63 };
    },
    "update todo_lists set title = null, at = null where id = 'b'": (list) => {
      const { title: _, at: __, ...others } = list;
      return others;
    },
    "update todos set done = 1, n = 2 where todo_list_id = 'b' and id = 'y'": (list) => {
      return {
        ...list,
        items: list.items.with(1, { ...list.items[1]!, done: true, n: 2 } as never),
      };
    },
    "update todos set id = 'w' where todo_list_id = 'b' and id = 'y'": (list) => {
      return { ...list, items: list.items.with(1, { ...list.items[1]!, id: "w" }) };
    },
    "delete from todos where todo_list_id = 'b' and id = 'y'": (list) => {
      return { ...list, items: list.items.toSpliced(1, 1) };
    },
    "delete from todos where todo_list_id = 'b'": (list) => ({ ...list, items: [] }),
    "update todos set rian_position = -1 where todo_list_id = 'b' and id = 'z'": (list) => {
      return { ...list, items: [list.items[2]!, list.items[0]!, list.items[1]!] };
    },
    "update todos set rian_position = 0.5 where todo_list_id = 'b' and id = 'z'": (list) => {
      return { ...list, items: [list.items[0]!, list.items[2]!, list.items[1]!] };
    },
    'update todo_lists set rian_keys = \'["n","nothing","n"]\' where id = \'b\'': (list) => list,
    "update todo_lists set rian_rest = json_set(rian_rest, '$.labels[0]', 'm') where id = 'b'": (
      list,
    ) => ({ ...list, labels: ["m"] }),
    "update todo_lists set rian_keys = null where id = 'b'": (list) => list,
    "update rian_documents set version = 'other' where id = 'b'": (list) => list,
  };
  for (const [change, expected] of Object.entries(seen)) {
    test(`sees, and then writes over: ${change}`, async () => {
      const { database, store } = await filled();
      database.exec(change);
      expect(await store.load("TodoList", "b")).toStrictEqual(expected(listOf("b")));
      expect(await store.load("TodoList", "a")).toStrictEqual(listOf("a"));
      await store.persist("TodoList", "b", {}, listOf("b"));
      expect(await store.load("TodoList", "b")).toStrictEqual(listOf("b"));
      const count = database.prepare("select count(*) as n from todos").get();
      expect(count).toEqual({ n: 9 });
    });
  }

  const damage = [
    ...["'{'", "'[1]'", "'null'", "'5'", "''", "x'00'", "null"].flatMap((value) => [
      `update todo_lists set rian_rest = ${value} where id = 'b'`,
      `update todo_lists set rian_exact = ${value} where id = 'b'`,
      `update todos set rian_rest = ${value} where todo_list_id = 'b' and id = 'y'`,
    ]),
    ...["'{'", "'{}'", "'[1]'", "'5'", "x'00'"].flatMap((value) => [
      `update todo_lists set rian_keys = ${value} where id = 'b'`,
      `update todos set rian_keys = ${value} where todo_list_id = 'b' and id = 'y'`,
    ]),
    ...["2", "3", "null", "'a'", "x'00'"].map((value) => {
      return `update todo_lists set rian_format = ${value} where id = 'b'`;
    }),
    "update todo_lists set title = x'00' where id = 'b'",
    "update todos set title = x'00' where todo_list_id = 'b' and id = 'y'",
    "update todos set rian_position = null where todo_list_id = 'b' and id = 'y'",
    "update todos set rian_position = 'second' where todo_list_id = 'b' and id = 'y'",
    "drop index \"todos~items\"; update todos set rian_position = 0 where todo_list_id = 'b'; ",
    "delete from todo_lists where id = 'b'",
    "update todo_lists set rian_id = null where id = 'b'",
    "update rian_documents set version = x'00' where id = 'b'",
    "update rian_documents set metadata = '{' where id = 'b'",
    "update rian_documents set format = 1 where id = 'b'",
    "update rian_documents set format = 9 where id = 'b'",
    "update rian_documents set format = 'a' where id = 'b'",
  ];

  test.each(damage)("names the entry, and reads the others, after: %s", async (change) => {
    const { database, store } = await filled();
    database.exec(change);
    await expect(store.load("TodoList", "b")).rejects.toThrow("Cannot read TodoList/b: ");
    const errors: UnreadableEntryError[] = [];
    const entries: Entry[] = [];
    const onUnreadable = (error: UnreadableEntryError) => errors.push(error);
    for await (const entry of store.list("TodoList", { onUnreadable })) entries.push(entry);
    expect(entries.map(({ value }) => value)).toStrictEqual([listOf("a"), listOf("c")]);
    expect(errors).toEqual([expect.objectContaining({ type: "TodoList", key: "b" })]);
    if (change.startsWith("drop index")) return;
    await store.persist("TodoList", "b", {}, listOf("b"));
    expect(await store.load("TodoList", "b")).toStrictEqual(listOf("b"));
    await store.clear("TodoList");
    expect(database.prepare("select count(*) as n from todos").get()).toEqual({ n: 0 });
  });

  test.each(["the same store", "a store that was opened since"])(
    "tells by %s which arrays were in a table that was dropped, until each is written again",
    async (which) => {
      const { database, store: before } = await filled();
      await before.commit(
        [["empty", { items: [] }], ["none", { n: 1 }]].map(([key, value]) => {
          return { type: "TodoList", key: key as string, value };
        }),
      );
      for (let times = 0; times < 2; times++) {
        database.exec("drop table todos");
        const store = which === "the same store"
          ? before
          : new SqliteMappedStore(database, { mapping, schema });
        const lost = times === 0 ? ["a", "b", "c"] : ["a", "b"];
        for (const key of lost) {
          await expect(store.load("TodoList", key)).rejects.toThrow(
            `Cannot read TodoList/${key}: its items were in the table todos, which was dropped; `,
          );
        }
        expect(await store.load("TodoList", "empty")).toStrictEqual({ items: [] });
        expect(await store.load("TodoList", "none")).toStrictEqual({ n: 1 });
        await store.persist("TodoList", "b", {}, listOf("b"));
        expect(await store.load("TodoList", "b")).toStrictEqual(listOf("b"));
        await expect(store.load("TodoList", "a")).rejects.toMatchObject({
          name: "UnreadableEntryError",
        });
        await store.commit([{ type: "TodoList", key: "c", delete: true }]);
        expect(await store.get("TodoList", "c")).toBeUndefined();
        const errors: UnreadableEntryError[] = [];
        const onUnreadable = (error: UnreadableEntryError) => errors.push(error);
        const keys: unknown[] = [];
        for await (const { key } of store.list("TodoList", { onUnreadable })) keys.push(key);
        expect(keys).toEqual(["b", "empty", "none"]);
        expect(errors.map(({ key }) => key)).toEqual(["a"]);
        // What another tool deletes from the table that is there now is gone as ever.
        database.exec("delete from todos");
        expect(await store.load("TodoList", "b")).toStrictEqual({ ...listOf("b"), items: [] });
        await store.persist("TodoList", "b", {}, listOf("b"));
      }
      database.exec("drop table todos");
      await before.clear("TodoList");
      const left = database.prepare(
        "select (select count(*) from todo_lists) + " +
          "(select count(*) from rian_documents) as n",
      ).get();
      expect(left).toEqual({ n: 0 });
    },
  );

  test("says which note of its tables is damaged", async () => {
    const { database } = await filled();
    database.exec("update rian_tables set definition = '{' where name = 'todos'");
    const store = new SqliteMappedStore(database, { mapping, schema });
    await expect(store.load("TodoList", "a")).rejects.toThrow("Cannot read the mapped tables");
  });

  test("says which note is gone of a table that the mapping does not have any more", async () => {
    const { database } = await filled();
    database.exec("delete from rian_tables where name = 'todos'");
    const { TodoList } = mapping;
    const store = new SqliteMappedStore(database, { mapping: { TodoList }, schema });
    await expect(store.load("TodoList", "a")).rejects.toThrow("has no row for todos");
  });
});
