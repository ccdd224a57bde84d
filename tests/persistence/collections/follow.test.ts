import { describe, expect, test } from "vitest";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { Ramify, type Schema } from "../../../src/store/mod.ts";
import { followed } from "./followed.ts";
import {
  gate,
  settled,
  stored,
  TestClock,
  type Todo,
  type TodoStore,
  todoStore,
  Watched,
} from "./support.ts";

describe("following a collection", () => {
  test("keeps a delete behind a slow write of the same document", async () => {
    const { db, storage, saved } = await followed();
    const { opened, open } = gate();
    storage.before = () => opened;
    db.todos.put({ id: 1, title: "a" });
    void saved.flush();
    await settled();
    db.todos.delete(1);
    open();
    await saved.flush();
    expect(await stored(storage.inner, "todos")).toEqual(new Map());
  });

  test("has one commit under way at a time, however many persist calls share the adapter", async () => {
    const storage = new Watched();
    const [one, two] = [await followed({}, storage), await followed({}, storage)];
    let underWay = 0;
    let most = 0;
    storage.before = async () => {
      most = Math.max(most, ++underWay);
      await settled();
    };
    storage.after = () => underWay--;
    one.db.todos.add({ id: 1, title: "a" });
    two.db.lists.add({ name: "b" });
    await Promise.all([one.saved.flush(), two.saved.flush()]);
    expect(storage.calls.length).toBe(2);
    expect(most).toBe(1);
  });

  test("splits changes into commits that the backend takes whole, in the order in which they were made", async () => {
    const storage = new Watched(undefined, { atomicWrites: 40 });
    const { db, saved } = await followed({}, storage);
    for (let id = 100; id > 0; id--) db.todos.add({ id, title: "a" });
    await saved.flush();
    // Each has room for the check that storage has not been cleared.
    expect(storage.calls.map(({ writes }) => writes.length)).toEqual([39, 39, 22]);
    expect(storage.writes.map(({ key }) => key)).toEqual(
      Array.from({ length: 100 }, (_, index) => 100 - index),
    );
  });

  test("commits changes of several collections together", async () => {
    const { db, storage, saved } = await followed();
    db.transaction(() => {
      db.lists.add({ name: "home" });
      db.todos.add({ id: 1, title: "a", list: "home" });
    });
    await saved.flush();
    expect(storage.calls.map(({ writes }) => writes.map(({ type }) => type))).toEqual([
      ["lists", "todos"],
    ]);
  });

  test("saves nothing of a bulk write that fails, and saves later changes", async () => {
    const { db, storage, saved } = await followed();
    db.todos.add({ id: 1, title: "a" });
    expect(() => db.todos.bulkAdd([{ id: 5, title: "b" }, { id: 1, title: "c" }])).toThrow();
    db.todos.add({ id: 6, title: "d" });
    await saved.flush();
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual([1, 6]);
  });

  test("follows a document to its new key", async () => {
    const { db, storage, saved } = await followed();
    db.todos.add({ id: 1, title: "a" });
    await saved.flush();
    db.todos.update(1, { id: 2 });
    await saved.flush();
    expect(await stored(storage.inner, "todos")).toEqual(new Map([[2, { id: 2, title: "a" }]]));
  });

  test("works for a store that hands out copies", async () => {
    const db = new Ramify().createStore<{ todos: Schema<Todo, "id"> }>(
      { todos: { primaryKey: "id" } },
      { detached: true },
    );
    const storage = new Watched();
    const clock = new TestClock();
    const saved = await persist(db, storage, { clock, onError: () => {} });
    let failures = 2;
    storage.after = (act) => {
      if (act === "commit" && failures-- > 0) throw new Error("failed after it was applied");
    };
    db.todos.add({ id: 1, title: "a" });
    const copy = db.todos.get(1)!;
    copy.title = "is not stored";
    await clock.until(saved.flush());
    expect(await stored(storage.inner, "todos")).toEqual(new Map([[1, { id: 1, title: "a" }]]));
    await saved.close();
  });

  test("keeps one collection alone, and in several storages", async () => {
    const db = todoStore();
    const [left, right] = [new Watched(), new Watched()];
    await using savedLeft = await persist(db.todos, left);
    await using savedRight = await persist(db.todos, right);
    db.todos.add({ id: 1, title: "a" });
    db.lists.add({ name: "unsaved" });
    await Promise.all([savedLeft.flush(), savedRight.flush()]);
    for (const { inner } of [left, right]) {
      expect((await stored(inner, "todos")).size).toBe(1);
      expect((await stored(inner, "lists")).size).toBe(0);
    }
  });

  test("refuses anything that is neither a store nor a collection", async () => {
    await expect(persist({} as TodoStore, new Watched())).rejects.toThrow("Cannot persist this");
  });
});
