import { describe, expect, test } from "vitest";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { gate, settled, storageWith, stored, todoStore } from "./support.ts";

describe("hydration", () => {
  test("keeps a document that was in memory before", async () => {
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

  test("writes nothing for a document that is the same in storage", async () => {
    const storage = await storageWith(2);
    const db = todoStore();
    db.todos.add({ done: false, id: 1, title: "stored 1" });
    await using saved = await persist(db, storage);
    await saved.flush();
    expect(storage.writes).toEqual([]);
  });

  test("keeps what is written, deleted and cleared while it runs", async () => {
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

  test("keeps the deletion of a document that has not been read yet", async () => {
    const storage = await storageWith(5);
    const { opened, open } = gate();
    storage.before = (act) => act === "list" && opened;
    const db = todoStore();
    const opening = persist(db, storage);
    db.todos.delete(1);
    db.todos.bulkDelete([2, 77]);
    db.todos.add({ id: 3, title: "mine" });
    db.todos.delete(3);
    open();
    await using saved = await opening;
    expect(db.todos.keys()).toEqual([0, 4]);
    await saved.flush();
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual([0, 4]);
    // What was never stored need not be deleted.
    expect(storage.writes.map(({ key }) => key)).toEqual([1, 2, 3]);
  });

  test("keeps the clearing of a collection that is still empty", async () => {
    const storage = await storageWith(5);
    await storage.inner.commit([{ type: "lists", key: "kept", value: { name: "kept" } }]);
    const { opened, open } = gate();
    storage.before = (act) => act === "list" && opened;
    const db = todoStore();
    const opening = persist(db, storage);
    db.todos.clear();
    db.todos.add({ id: 9, title: "mine" });
    open();
    await using saved = await opening;
    expect(db.todos.keys()).toEqual([9]);
    await saved.flush();
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual([9]);
    expect(db.lists.keys()).toEqual(["kept"]);
  });

  test("counts a deletion that finds nothing as a change only while it runs", async () => {
    const storage = await storageWith(1);
    const db = todoStore();
    await using saved = await persist(db, storage);
    db.todos.delete(7);
    db.lists.clear();
    expect(saved.status).toBe("saved");
    await saved.flush();
    expect(storage.writes).toEqual([]);
  });

  test("keeps the deletion of a document that cannot be migrated", async () => {
    const storage = await storageWith(2);
    const { opened, open } = gate();
    storage.before = (act) => act === "list" && opened;
    const db = todoStore();
    const opening = persist(db, storage, {
      version: 2,
      onError: () => {},
      migrate: () => {
        throw new Error("no way");
      },
    });
    await settled();
    db.todos.delete(1);
    open();
    await using saved = await opening;
    await saved.flush();
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual([0]);
  });

  test("holds up a flush, which then writes", async () => {
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
