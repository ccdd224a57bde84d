import { describe, expect, test } from "vitest";
import { UnreadableEntryError } from "../../src/persistence/errors.ts";
import { MemoryStore } from "../../src/persistence/memory.ts";
import { persist } from "../../src/persistence/collections/mod.ts";
import { Ramify, type Schema } from "../../src/store/mod.ts";
import { gate, settled, stored, TestClock, todoStore, Watched } from "./support.ts";

/** A storage that holds so many to-dos. */
async function storageWith(count: number): Promise<Watched> {
  const storage = new Watched();
  await storage.inner.commit(
    Array.from({ length: count }, (_, id) => {
      return { type: "todos", key: id, value: { id, title: `stored ${id}`, done: id % 2 === 0 } };
    }),
  );
  return storage;
}

describe("hydration", () => {
  test("puts what is stored into memory, indexed, and sends nothing back", async () => {
    const storage = await storageWith(2_500);
    const db = todoStore();
    await using saved = await persist(db, storage);
    expect(db.todos.count()).toBe(2_500);
    expect(db.todos.where("done").equals(true).count()).toBe(1_250);
    await saved.flush();
    expect(storage.writes).toEqual([]);
    expect(saved.pending).toBe(0);
    expect(saved.status).toBe("saved");
  });

  test("tells how far it has come", async () => {
    const storage = await storageWith(2_500);
    const progress: unknown[] = [];
    await using _saved = await persist(todoStore().todos, storage, {
      onProgress: (each) => progress.push(each),
    });
    expect(progress).toEqual([
      { collection: "todos", loaded: 1_000, done: false },
      { collection: "todos", loaded: 2_000, done: false },
      { collection: "todos", loaded: 2_500, done: true },
    ]);
  });

  test("shows its status while it runs", async () => {
    const statuses: string[] = [];
    await using _saved = await persist(todoStore(), await storageWith(1), {
      onOpen: (persistence) => persistence.subscribe(({ status }) => statuses.push(status)),
    });
    expect(statuses).toEqual(["hydrating", "saved"]);
  });

  test("keeps the value types of documents", async () => {
    interface Event {
      at: Date;
      tags: Set<string>;
      places: Map<string, number>;
      bytes: Uint8Array;
      big: bigint;
    }
    const schema = { events: { primaryKey: "at" as const } };
    const storage = new MemoryStore();
    const db = new Ramify().createStore<{ events: Schema<Event, "at"> }>(schema);
    const event = {
      at: new Date(5),
      tags: new Set(["a"]),
      places: new Map([["b", 1]]),
      bytes: new Uint8Array([1, 2]),
      big: 3n,
    };
    await using saved = await persist(db, storage);
    db.events.add(event);
    await saved.flush();
    const again = new Ramify().createStore<{ events: Schema<Event, "at"> }>(schema);
    await using _again = await persist(again, storage);
    expect(structuredClone(again.events.get(new Date(5)))).toEqual(event);
  });

  test("a reaction of an observer to what was hydrated is saved like any other write", async () => {
    const storage = await storageWith(3);
    const db = todoStore();
    db.todos.subscribe((type, keys) => {
      if (type !== "create") return;
      for (const id of keys) if (id === 1) db.todos.update(id, { title: "changed" });
      if (!db.lists.has("seen")) db.lists.add({ name: "seen" });
    });
    await using saved = await persist(db, storage);
    await saved.flush();
    expect(storage.writes.map(({ key }) => key)).toEqual([1, "seen"]);
    expect((await storage.inner.get("todos", 1))?.value).toMatchObject({ title: "changed" });
  });

  test("goes on where it was when storage fails in between", async () => {
    const storage = await storageWith(2_500);
    const list = storage.list.bind(storage);
    let failures = 2;
    storage.list = async function* (type, options) {
      let count = 0;
      for await (const entry of list(type, options)) {
        if (++count === 800 && failures-- > 0) throw new Error("connection lost");
        yield entry;
      }
    };
    const clock = new TestClock();
    const db = todoStore();
    const errors: string[] = [];
    await using _saved = await clock.until(persist(db.todos, storage, {
      clock,
      onError: (error) => errors.push((error as Error).message),
    }));
    expect(db.todos.count()).toBe(2_500);
    expect(errors).toEqual(["connection lost", "connection lost"]);
  });

  test("asks again when storage does not answer", async () => {
    const storage = await storageWith(5);
    const list = storage.list.bind(storage);
    let isFirst = true;
    storage.list = async function* (type, options) {
      for await (const entry of list(type, options)) {
        if (entry.key === 3 && isFirst) {
          isFirst = false;
          await new Promise(() => {});
        }
        yield entry;
      }
    };
    const clock = new TestClock();
    const db = todoStore();
    const options = { clock, retry: { timeout: 500 }, onError: () => {} };
    await using _saved = await clock.until(persist(db.todos, storage, options));
    expect(db.todos.count()).toBe(5);
  });

  test("that fails for good rejects, and follows no longer", async () => {
    const storage = new Watched();
    storage.before = () => {
      throw new Error("no disk");
    };
    const clock = new TestClock();
    const db = todoStore();
    const options = { clock, retry: { attempts: 3 }, onError: () => {} };
    await expect(clock.until(persist(db, storage, options))).rejects.toThrow("no disk");
    db.todos.add({ id: 1, title: "a" });
    expect(storage.calls.length).toBe(3);
    expect(clock.waiting).toBe(0);
  });

  test("stops when its signal aborts, even if storage never answers", async () => {
    const storage = new Watched();
    storage.before = () => new Promise(() => {});
    const abort = new AbortController();
    const clock = new TestClock();
    const opening = persist(todoStore(), storage, { signal: abort.signal, clock });
    await settled();
    abort.abort(new Error("enough"));
    await expect(opening).rejects.toThrow("enough");
  });
});

describe("what is in memory wins over what is hydrated", () => {
  test("a document that was there before", async () => {
    const storage = await storageWith(2);
    const db = todoStore();
    db.todos.add({ id: 1, title: "mine" });
    db.todos.add({ id: 7, title: "new" });
    await using saved = await persist(db, storage);
    expect(db.todos.get(1)).toEqual({ id: 1, title: "mine" });
    await saved.flush();
    expect((await stored(storage.inner, "todos")).get(1)).toEqual({ id: 1, title: "mine" });
    expect(storage.writes.map(({ key }) => key)).toEqual([1, 7]);
  });

  test("is not written if it is the same in storage", async () => {
    const storage = await storageWith(2);
    const db = todoStore();
    db.todos.add({ done: false, id: 1, title: "stored 1" });
    await using saved = await persist(db, storage);
    await saved.flush();
    expect(storage.writes).toEqual([]);
  });

  test("what is written, deleted and cleared while it runs", async () => {
    const storage = await storageWith(5);
    await storage.inner.commit([{ type: "lists", key: "old", value: { name: "old" } }]);
    const { opened, open } = gate();
    storage.before = (act) => act === "list" && opened;
    const db = todoStore();
    db.lists.add({ name: "temporary" });
    const opening = persist(db, storage);
    db.todos.add({ id: 1, title: "mine" });
    db.todos.add({ id: 2, title: "mine" });
    db.todos.delete(2);
    db.lists.clear();
    open();
    await using saved = await opening;
    expect(db.todos.get(1)?.title).toBe("mine");
    expect(db.todos.has(2)).toBe(false);
    expect(db.lists.count()).toBe(0);
    await saved.flush();
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual([0, 1, 3, 4]);
    expect((await stored(storage.inner, "lists")).size).toBe(0);
  });

  test("a flush while it runs waits for it and then writes", async () => {
    const storage = await storageWith(1);
    const { opened, open } = gate();
    storage.before = (act) => act === "list" && opened;
    const db = todoStore();
    let flushed: Promise<void> | undefined;
    const opening = persist(db, storage, {
      onOpen(saved) {
        db.todos.put({ id: 0, title: "mine" });
        flushed = saved.flush();
      },
    });
    await settled();
    expect(storage.writes).toEqual([]);
    open();
    await flushed;
    expect((await storage.inner.get("todos", 0))?.value).toEqual({ id: 0, title: "mine" });
    await (await opening).close();
  });
});

describe("schema versions", () => {
  test("documents of an earlier version are migrated once and stored again", async () => {
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

  test("migrate may be asynchronous, and may change keys", async () => {
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

  test("a program that knows only an earlier version is refused", async () => {
    const storage = new Watched();
    await (await persist(todoStore(), storage, { version: { todos: 3 } })).close();
    const clock = new TestClock();
    const opening = persist(todoStore(), storage, { version: 2, onError: () => {}, clock });
    await expect(clock.until(opening)).rejects.toThrow(
      "Cannot open todos: it is stored in schema version 3, and this program knows 2",
    );
  });

  test("each document that does not fit is reported, and stays as it is in storage", async () => {
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

  test("a document that no longer fits gets a chance with migrate", async () => {
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

  test("an entry that cannot be read is reported, and those after it are read", async () => {
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
