import { describe, expect, test } from "vitest";
import { UnreadableEntryError } from "../../../src/persistence/adapter/errors.ts";
import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";
import { type HydrationProgress, persist } from "../../../src/persistence/collections/mod.ts";
import { Ramify, type Schema } from "../../../src/store/mod.ts";
import { storageWith, todoStore } from "./support.ts";

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

  test("reports its progress", async () => {
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

  test("reads pages if storage has them, and reports how many documents there are if storage can count", async () => {
    const storage = await storageWith(2_500);
    storage.pages = (type, options) => storage.inner.pages(type, options);
    storage.count = () => Promise.resolve(2_500);
    const progress: HydrationProgress[] = [];
    const db = todoStore();
    await using _saved = await persist(db.todos, storage, {
      onProgress: (each) => progress.push(each),
    });
    expect(db.todos.count()).toBe(2_500);
    expect(storage.calls.map(({ act }) => act)).toEqual(["get"]);
    expect(progress.map(({ loaded, total }) => loaded / total!)).toEqual([0.4, 0.8, 1]);
  });

  test("does not count documents when nobody asks for progress", async () => {
    const storage = await storageWith(1);
    storage.count = () => {
      throw new Error("was counted");
    };
    await using saved = await persist(todoStore(), storage);
    expect(saved.status).toBe("saved");
  });

  test("goes on without a total when counting fails", async () => {
    const storage = await storageWith(3);
    storage.count = () => Promise.reject(new Error("no count"));
    const progress: HydrationProgress[] = [];
    const errors: unknown[] = [];
    const db = todoStore();
    await using _saved = await persist(db.todos, storage, {
      onProgress: (each) => progress.push(each),
      onError: (error) => errors.push((error as Error).message),
    });
    expect(db.todos.count()).toBe(3);
    expect(progress).toEqual([{ collection: "todos", loaded: 3, done: true }]);
    expect(errors).toEqual(["no count"]);
  });

  test("reports an entry that cannot be read once, and reads the rest of the list", async () => {
    const storage = await storageWith(2_500);
    let lists = 0;
    storage.pages = async function* (type, options) {
      lists++;
      for await (const page of storage.inner.pages(type, options)) {
        const damaged = page.find(({ key }) => key === 1_777);
        if (damaged) options!.onUnreadable!(new UnreadableEntryError({ type, key: 1_777 }, "no"));
        yield page.filter((entry) => entry !== damaged);
      }
    };
    const reported: unknown[] = [];
    const db = todoStore();
    await using _saved = await persist(db.todos, storage, {
      onError: (_error, context) => reported.push(context),
    });
    expect(db.todos.count()).toBe(2_499);
    expect(reported).toEqual([{ collection: "todos", key: 1_777 }]);
    expect(lists).toBe(1);
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

  test("saves what an observer writes in response like any other write", async () => {
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
});
