import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";
import { persist, type PersistOptions } from "../../../src/persistence/collections/mod.ts";
import { gate, settled, stored, TestClock, type Todo, todoStore, Watched } from "./support.ts";

const origin = { id: 1, title: "origin", done: false, list: "home" };

describe("two writers who hear of each other", () => {
  /** Opens two stores on one storage that notifies them of changes. */
  async function watchers(options: PersistOptions = {}) {
    const inner = new MemoryStore();
    await inner.commit([{ type: "todos", key: 1, value: origin }]);
    const open = async () => {
      const db = todoStore();
      const storage = new Watched(inner).watching();
      return { db, todos: db.todos, storage, saved: await persist(db, storage, options) };
    };
    return { inner, mine: await open(), theirs: await open() };
  }

  test("see changes, new documents and deletions in memory, and send nothing back", async () => {
    const { mine, theirs } = await watchers();
    const events: unknown[] = [];
    mine.todos.subscribe((type, keys) => void events.push([type, keys]));
    theirs.todos.update(1, { title: "theirs" });
    theirs.todos.add({ id: 2, title: "new" });
    await theirs.saved.flush();
    await settled();
    expect(mine.todos.toArray()).toEqual(theirs.todos.toArray());
    theirs.todos.delete(1);
    await theirs.saved.flush();
    await settled();
    expect(mine.todos.keys()).toEqual([2]);
    await mine.saved.flush();
    expect(mine.storage.writes).toEqual([]);
    expect(events).toEqual([["update", [1]], ["create", [2]], ["delete", [1]]]);
  });

  test("see a clear", async () => {
    const { mine, theirs } = await watchers();
    theirs.todos.clear();
    await theirs.saved.flush();
    await settled();
    expect(mine.todos.count()).toBe(0);
  });

  test("keep a change that is not saved yet, and merge when it is", async () => {
    const { mine, theirs, inner } = await watchers();
    mine.todos.update(1, { list: "work" });
    theirs.todos.update(1, { title: "theirs" });
    await theirs.saved.flush();
    await settled();
    expect(mine.todos.get(1)).toMatchObject({ title: "origin", list: "work" });
    await mine.saved.flush();
    await settled();
    const merged: Todo = { ...origin, title: "theirs", list: "work" };
    expect(mine.todos.get(1)).toEqual(merged);
    expect(theirs.todos.get(1)).toEqual(merged);
    expect((await inner.get("todos", 1))?.value).toEqual(merged);
  });

  test("are not held up by news of a document that has been changed here since", async () => {
    const clock = new TestClock();
    const storage = new Watched().watching();
    const { todos } = todoStore();
    const saved = await persist(todos, storage, { clock, onError: () => {} });
    const { opened, open } = gate();
    storage.before = (act) => act === "commit" && opened;
    todos.add({ id: 1, title: "mine" });
    const first = saved.flush();
    await settled();
    await storage.inner.commit([{ type: "todos", key: 2, value: { id: 2, title: "theirs" } }]);
    const second = saved.flush();
    todos.add({ id: 2, title: "theirs", done: true });
    open();
    await Promise.all([first, second]);
    await clock.until(saved.flush());
    const merged = { id: 2, title: "theirs", done: true };
    expect(todos.get(2)).toEqual(merged);
    expect((await storage.inner.get("todos", 2))?.value).toEqual(merged);
    await saved.close();
  });

  test("keep what an observer deletes in response, even when one collection is persisted alone", async () => {
    const inner = new MemoryStore();
    await inner.commit([1, 2, 3].map((key) => {
      return { type: "todos", key, value: { id: key, title: "stored" } };
    }));
    const { todos } = todoStore();
    await using saved = await persist(todos, new Watched(inner).watching());
    todos.subscribe((type) => {
      if (type === "update") todos.delete(3);
    });
    await inner.commit([
      { type: "todos", key: 1, value: { id: 1, title: "theirs" } },
      { type: "todos", key: 2, delete: true },
    ]);
    await settled();
    await saved.flush();
    expect(todos.keys()).toEqual([1]);
    expect([...(await stored(inner, "todos")).keys()]).toEqual([1]);
  });

  test("hear nothing after close", async () => {
    const { mine, theirs } = await watchers();
    await mine.saved.close();
    theirs.todos.update(1, { title: "theirs" });
    await theirs.saved.flush();
    await settled();
    expect(mine.todos.get(1)?.title).toBe("origin");
  });

  test("report a document of a later schema version, and leave it alone", async () => {
    const errors: string[] = [];
    const { mine, inner } = await watchers({
      onError: (error) => errors.push((error as Error).message),
    });
    const value = { ...origin, title: "later" };
    await inner.commit([{ type: "todos", key: 1, value, metadata: { version: 2 } }]);
    await settled();
    expect(mine.todos.get(1)?.title).toBe("origin");
    expect(errors[0]).toContain("Cannot open todos/1: it is stored in schema version 2");
  });
});
