import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { listOf, mapping, openLists, schema } from "./lists.ts";

describe("SqliteMappedStore, where something else has a say in it,", () => {
  test("writes nothing when one row of a commit cannot be stored", async () => {
    const { database, store } = openLists();
    await store.persist("TodoList", "my-list", {}, listOf(2));
    database.exec(
      "create trigger full before insert on todos when new.id = 'todo-3' begin " +
        "select raise(abort, 'disk full'); end",
    );
    await expect(store.persist("TodoList", "my-list", {}, listOf(5))).rejects.toThrow("disk full");
    expect(await store.load("TodoList", "my-list")).toEqual(listOf(2));
  });

  test("tells what failed in a trigger of another tool, also where that looks like a conflict", async () => {
    const { database, store } = openLists();
    await store.persist("TodoList", "my-list", {}, listOf(2));
    database.exec("create trigger broken before insert on todos begin select json('{'); end");
    await expect(store.persist("TodoList", "my-list", {}, listOf(5))).rejects.toThrow(
      "malformed JSON",
    );
    expect(await store.load("TodoList", "my-list")).toEqual(listOf(2));
  });

  test("is read within a transaction of its handle's owner", async () => {
    const { database, store } = openLists();
    await store.persist("TodoList", "my-list", {}, listOf(2));
    database.exec("begin");
    expect(await store.load("TodoList", "my-list")).toEqual(listOf(2));
    database.exec("commit");
  });

  test("shows what another tool has changed in the tables, and names an entry it has damaged", async () => {
    const { database, store } = openLists();
    await store.commit(["a", "b", "c"].map((id) => {
      return { type: "TodoList", key: id, value: { ...listOf(2), id, labels: ["x"] } };
    }));
    database.exec("update todos set completed = 1 where todo_list_id = 'a' and id = 'todo-1'");
    expect((await store.load("TodoList", "a")).items[1].completed).toBe(true);
    database.exec("update todo_lists set rian_rest = '{' where id = 'b'");
    await expect(store.load("TodoList", "b")).rejects.toThrow(
      "Cannot read TodoList/b: the stored text",
    );
    database.exec("delete from todo_lists where id = 'a'");
    await expect(store.load("TodoList", "a")).rejects.toThrow(
      "its row in the table todo_lists is gone",
    );
    expect((await store.load("TodoList", "c")).labels).toEqual(["x"]);
  });

  test("leaves no rows of documents that have expired", async () => {
    const database = new DatabaseSync(":memory:");
    let time = 0;
    const store = new SqliteMappedStore(database, { mapping, schema, clock: { now: () => time } });
    for (; time < 300; time += 10) {
      await store.commit([{ type: "TodoList", key: `${time}`, value: listOf(2), ttl: 100 }]);
    }
    expect(database.prepare("select count(*) as n from todos").get()).toEqual({ n: 20 });
    expect(database.prepare("select count(*) as n from todo_lists").get()).toEqual({ n: 10 });
  });

  test("refuses a mapping that the schema does not cover, or that gives two types one table", () => {
    const database = new DatabaseSync(":memory:");
    const store = (more: object) => () =>
      new SqliteMappedStore(database, { mapping: { ...mapping, ...more }, schema });
    expect(store({ User: { "x-na:store": {} } })).toThrow("the schema has no $defs.User");
    expect(store({ Project: { "x-na:store": { entity: "TODOS" } } })).toThrow("is that of Todo");
    expect(store({ Project: { "x-na:store": { entity: "rian_documents" } } })).toThrow("reserved");
  });
});
