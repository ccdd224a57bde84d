import { describe, expect, test } from "vitest";
import { UnreadableEntryError } from "../../../src/persistence/adapter/errors.ts";
import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";
import { persist, type PersistOptions } from "../../../src/persistence/collections/mod.ts";
import { gate, settled, stored, TestClock, todoStore, Watched } from "./support.ts";

const origin = { id: 1, title: "origin", done: false, list: "home" };

/** Opens two stores on one storage, neither of which hears of the other. */
async function twoWriters(options: PersistOptions = {}) {
  const inner = new MemoryStore();
  await inner.commit([{ type: "todos", key: 1, value: origin }]);
  const errors: string[] = [];
  const open = async () => {
    const db = todoStore();
    const storage = new Watched(inner);
    const saved = await persist(db, storage, {
      onError: (error) => errors.push((error as Error).message),
      ...options,
    });
    return { todos: db.todos, saved, storage };
  };
  return { inner, errors, mine: await open(), theirs: await open() };
}

describe("two writers who do not hear of each other", () => {
  test("both keep what they changed in different fields", async () => {
    const { inner, mine, theirs, errors } = await twoWriters();
    theirs.todos.update(1, { title: "theirs", done: undefined as unknown as boolean });
    await theirs.saved.flush();
    mine.todos.update(1, { list: "work" });
    await mine.saved.flush();
    const merged = { id: 1, title: "theirs", done: undefined, list: "work" };
    expect((await inner.get("todos", 1))?.value).toEqual(merged);
    expect(mine.todos.get(1)).toEqual(merged);
    expect(errors).toEqual([]);
  });

  test("keep what an observer writes in response to a settled conflict", async () => {
    const { inner, mine, theirs } = await twoWriters({ onError: () => {} });
    theirs.todos.update(1, { title: "theirs" });
    await theirs.saved.flush();
    mine.todos.update(1, { title: "mine" });
    mine.todos.subscribe(() => {
      if (mine.todos.get(1)?.title === "theirs") mine.todos.update(1, { title: "in response" });
    });
    await mine.saved.flush();
    await mine.saved.close();
    expect((await stored(inner, "todos")).get(1)).toEqual({ ...origin, title: "in response" });
  });

  test("end with storage's value of a field that both changed, and report the loss", async () => {
    const { inner, mine, theirs, errors } = await twoWriters();
    theirs.todos.update(1, { title: "theirs" });
    await theirs.saved.flush();
    mine.todos.update(1, { title: "mine", done: true });
    await mine.saved.flush();
    expect((await inner.get("todos", 1))?.value).toMatchObject({ title: "theirs", done: true });
    expect(errors).toEqual([
      "Cannot keep title of todos/1: somebody else changed it too, and theirs stays; pass onConflict to decide",
    ]);
  });

  test("merge a document that both create", async () => {
    const { mine, theirs, inner } = await twoWriters();
    theirs.todos.add({ id: 2, title: "same", done: true });
    await theirs.saved.flush();
    mine.todos.add({ id: 2, title: "same", list: "work" });
    await mine.saved.flush();
    const merged = { id: 2, title: "same", done: true, list: "work" };
    expect((await inner.get("todos", 2))?.value).toEqual(merged);
  });

  test("have no conflict when they make the same change", async () => {
    const { mine, theirs, errors } = await twoWriters();
    for (const { todos, saved } of [theirs, mine]) {
      todos.update(1, { title: "same" });
      await saved.flush();
    }
    expect(mine.saved.pending).toBe(0);
    expect(errors).toEqual([]);
  });

  test("lose a change of a document that the other has deleted, and report it", async () => {
    const { inner, mine, theirs, errors } = await twoWriters();
    theirs.todos.delete(1);
    await theirs.saved.flush();
    mine.todos.update(1, { title: "mine" });
    await mine.saved.flush();
    expect((await stored(inner, "todos")).size).toBe(0);
    expect(mine.todos.has(1)).toBe(false);
    expect(errors.length).toBe(1);
  });

  test("take back the deletion of a document that the other has changed, and report it", async () => {
    const { mine, theirs, errors } = await twoWriters();
    theirs.todos.update(1, { title: "theirs" });
    await theirs.saved.flush();
    mine.todos.delete(1);
    await mine.saved.flush();
    expect(mine.todos.get(1)).toMatchObject({ title: "theirs" });
    expect(errors.length).toBe(1);
  });

  test("save the other documents of a commit that meets a conflict", async () => {
    const { inner, mine, theirs } = await twoWriters();
    theirs.todos.update(1, { title: "theirs" });
    await theirs.saved.flush();
    mine.todos.update(1, { list: "work" });
    mine.todos.bulkAdd([{ id: 2, title: "b" }, { id: 3, title: "c" }]);
    await mine.saved.flush();
    expect((await stored(inner, "todos")).size).toBe(3);
  });
});

describe("onConflict", () => {
  test("receives mine, theirs and base, and what it returns is kept in memory and storage", async () => {
    const conflicts: unknown[] = [];
    const { inner, mine, theirs } = await twoWriters({
      onConflict: async (conflict) => {
        conflicts.push(conflict);
        return { ...conflict.theirs, title: "agreed" };
      },
    });
    theirs.todos.update(1, { title: "theirs" });
    await theirs.saved.flush();
    mine.todos.update(1, { title: "mine" });
    await mine.saved.flush();
    expect(conflicts).toEqual([{
      collection: "todos",
      key: 1,
      mine: { ...origin, title: "mine" },
      theirs: { ...origin, title: "theirs" },
      base: origin,
    }]);
    expect((await inner.get("todos", 1))?.value).toMatchObject({ title: "agreed" });
    expect(mine.todos.get(1)?.title).toBe("agreed");
  });

  test("deletes the document when it returns undefined", async () => {
    const { inner, mine, theirs } = await twoWriters({ onConflict: () => undefined });
    theirs.todos.update(1, { title: "theirs" });
    await theirs.saved.flush();
    mine.todos.update(1, { title: "mine" });
    await mine.saved.flush();
    expect((await stored(inner, "todos")).size).toBe(0);
    expect(mine.todos.count()).toBe(0);
  });

  test("is called again when the document changes while it decides", async () => {
    const titles: unknown[] = [];
    const { opened, open } = gate();
    const { mine, theirs, inner } = await twoWriters({
      onConflict: async ({ mine }) => {
        titles.push(mine?.["title"]);
        await opened;
        return mine;
      },
    });
    theirs.todos.update(1, { title: "theirs" });
    await theirs.saved.flush();
    mine.todos.update(1, { title: "first" });
    const flushed = mine.saved.flush();
    while (titles.length === 0) await settled();
    mine.todos.update(1, { title: "second" });
    open();
    await flushed;
    await mine.saved.flush();
    expect(titles).toEqual(["first", "second"]);
    expect((await inner.get("todos", 1))?.value).toMatchObject({ title: "second" });
  });

  test("leaves the change in memory and is reported when it throws, while the others are saved", async () => {
    const { mine, theirs, errors, inner } = await twoWriters({
      onConflict: () => {
        throw new Error("undecided");
      },
    });
    theirs.todos.update(1, { title: "theirs" });
    await theirs.saved.flush();
    mine.todos.update(1, { title: "mine" });
    mine.todos.add({ id: 2, title: "b" });
    await expect(mine.saved.flush()).rejects.toThrow("undecided");
    expect(errors).toEqual(["undecided"]);
    expect(mine.saved.status).toBe("failing");
    expect(mine.todos.get(1)?.title).toBe("mine");
    expect((await stored(inner, "todos")).get(2)).toEqual({ id: 2, title: "b" });
  });

  for (const result of [{ id: 7, title: "of another key" }, { title: "of none" }, 5, null, []]) {
    test(`leaves memory and storage as they are and is reported when it returns ${JSON.stringify(result)}`, async () => {
      const { mine, theirs, errors, inner } = await twoWriters({
        onConflict: () => result as never,
      });
      theirs.todos.update(1, { title: "theirs" });
      await theirs.saved.flush();
      mine.todos.update(1, { title: "mine" });
      await expect(mine.saved.flush()).rejects.toThrow(
        "Cannot use what is there for todos/1: it is not a document with this id",
      );
      expect(errors.length).toBe(1);
      expect(mine.todos.toArray()).toEqual([{ ...origin, title: "mine" }]);
      expect((await stored(inner, "todos")).get(1)).toEqual({ ...origin, title: "theirs" });
    });
  }

  test("is not called for a storage without conditional writes, where the last write wins", async () => {
    const storage = new Watched(undefined, { conditional: "none" });
    await storage.inner.commit([{ type: "todos", key: 1, value: origin }]);
    const db = todoStore();
    await using saved = await persist(db, storage);
    await storage.inner.commit([{ type: "todos", key: 1, value: { ...origin, title: "theirs" } }]);
    db.todos.update(1, { title: "mine" });
    await saved.flush();
    expect((await storage.inner.get("todos", 1))?.value).toMatchObject({ title: "mine" });
    expect(storage.writes.every((write) => !("ifVersion" in write))).toBe(true);
  });
});

test("a document in storage that cannot be read is not overwritten blindly", async () => {
  const storage = new Watched();
  const db = todoStore();
  const errors: unknown[] = [];
  const clock = new TestClock();
  const saved = await persist(db, storage, { clock, onError: (error) => errors.push(error) });
  await storage.inner.commit([{ type: "todos", key: 1, value: origin }]);
  const unreadable = new UnreadableEntryError({ type: "todos", key: 1 }, "it is damaged");
  storage.before = (act) => {
    if (act === "get") throw unreadable;
  };
  db.todos.add({ id: 1, title: "mine" });
  await expect(clock.until(saved.flush())).rejects.toThrow("it is damaged");
  expect(errors).toEqual([unreadable]);
  expect((await storage.inner.get("todos", 1))?.value).toEqual(origin);
});
