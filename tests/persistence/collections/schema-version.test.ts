import { describe, expect, test } from "vitest";
import { UnreadableEntryError } from "../../../src/persistence/adapter/errors.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { Ramify, type Schema } from "../../../src/store/mod.ts";
import { storageWith, stored, TestClock, todoStore, Watched } from "./support.ts";

describe("persist", () => {
  test("migrates documents of an earlier schema version once and stores them again", async () => {
    const storage = await storageWith(3);
    const options = {
      version: 2,
      migrate: (document: object, from: number) => ({ ...document, list: `from ${from}` }),
    };
    const db = todoStore();
    await using saved = await persist(db, storage, options);
    expect(db.todos.get(2)?.list).toBe("from 1");
    await saved.flush();
    expect((await storage.inner.get("todos", 2))?.value).toMatchObject({ list: "from 1" });
    const again = todoStore();
    storage.calls.length = 0;
    await using reopened = await persist(again, storage, {
      version: 2,
      migrate: () => {
        throw new Error("is not called again");
      },
    });
    await reopened.flush();
    expect(again.todos.count()).toBe(3);
    expect(storage.writes).toEqual([]);
  });

  test("accepts a migrate that is asynchronous and changes keys", async () => {
    const storage = await storageWith(3);
    const db = todoStore();
    await using saved = await persist(db, storage, {
      version: 2,
      migrate: async (document) => ({ ...document, id: (document["id"] as number) + 100 }),
    });
    await saved.flush();
    expect(db.todos.keys()).toEqual([100, 101, 102]);
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual([100, 101, 102]);
  });

  test("refuses a storage of a later schema version than the program knows", async () => {
    const storage = new Watched();
    await (await persist(todoStore(), storage, { version: { todos: 3 } })).close();
    const [clock, errors] = [new TestClock(), [] as unknown[]];
    const onError = (error: unknown) => void errors.push(error);
    // Nobody moves the clock: what cannot get better is not tried again.
    await expect(persist(todoStore(), storage, { version: 2, onError, clock })).rejects.toThrow(
      "Cannot open todos: it is stored in schema version 3, and this program knows 2",
    );
    expect(errors).toEqual([]);
  });

  test("refuses the version of a collection that is not in the store", async () => {
    const storage = new Watched();
    await expect(persist(todoStore(), storage, { version: { tods: 2 } })).rejects.toThrow(
      'Cannot persist: version names "tods", which is not one of the collections; name todos or lists',
    );
    expect(storage.calls).toEqual([]);
    const version = { todos: 2, lists: 3 };
    await (await persist(todoStore().lists, storage, { version })).close();
  });

  test("reports each document that does not fit, and leaves it in storage as it is", async () => {
    const storage = await storageWith(5);
    await storage.inner.commit([
      { type: "todos", key: 1, value: "not an object" },
      { type: "todos", key: 3, value: { id: 33, title: "stands under another key" } },
    ]);
    const before = await stored(storage.inner, "todos");
    const reported: unknown[] = [];
    const db = todoStore();
    await using saved = await persist(db, storage, {
      onError: (_error, context) => reported.push(context),
    });
    expect(db.todos.keys()).toEqual([0, 2, 4]);
    expect(reported).toEqual([{ collection: "todos", key: 1 }, { collection: "todos", key: 3 }]);
    await saved.flush();
    expect(await stored(storage.inner, "todos")).toEqual(before);
    db.todos.put({ id: 1, title: "replaced by the user" });
    await saved.flush();
    expect((await storage.inner.get("todos", 1))?.value).toMatchObject({ id: 1 });
  });

  test("gives a document that no longer fits a chance with migrate", async () => {
    const storage = new Watched();
    await storage.inner.commit([1, 2, 3].map((id) => {
      return { type: "users", key: id, value: { id, email: id < 3 ? "same@rian.dev" : "c" } };
    }));
    const db = new Ramify().createStore<{ users: Schema<{ id: number; email: string }, "id"> }>({
      users: { primaryKey: "id", unique: ["email"] },
    });
    await using saved = await persist(db, storage, {
      migrate: (document, _from, { key }) => ({ ...document, email: `${key}@rian.dev` }),
    });
    expect(db.users.toArray().map(({ email }) => email)).toEqual([
      "same@rian.dev",
      "2@rian.dev",
      "c",
    ]);
    await saved.flush();
    expect(storage.writes.map(({ key }) => key)).toEqual([2]);
  });

  test("reports an entry that cannot be read, and reads those after it", async () => {
    const storage = await storageWith(5);
    const list = storage.list.bind(storage);
    storage.list = async function* (type, options) {
      for await (const entry of list(type, options)) {
        if (entry.key === 2) throw new UnreadableEntryError({ type, key: 2 }, "it is damaged");
        yield entry;
      }
    };
    const reported: unknown[] = [];
    const db = todoStore();
    await using _saved = await persist(db.todos, storage, {
      onError: (_error, context) => reported.push(context),
    });
    expect(db.todos.keys()).toEqual([0, 1, 3, 4]);
    expect(reported).toEqual([{ collection: "todos", key: 2 }]);
  });
});
