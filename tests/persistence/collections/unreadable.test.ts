import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { UnreadableEntryError } from "../../../src/persistence/adapter/errors.ts";
import { encodeKey } from "../../../src/persistence/adapter/keys.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { settled, stored, TestClock, todoStore, Watched } from "./support.ts";

/** Opens a database with three to-dos, the second of which is damaged, and a store that follows it. */
async function damagedDatabase() {
  const database = new DatabaseSync(":memory:");
  const storage = new SqliteStore(database);
  const damage = (key: number) =>
    database.prepare(`update "todos" set data = '{' where id = ?`).run(encodeKey(key));
  await storage.commit([1, 2, 3].map((key) => {
    return { type: "todos", key, value: { id: key, title: "stored" } };
  }));
  damage(2);
  const [db, clock] = [todoStore(), new TestClock()];
  const reported: string[] = [];
  const onError = (error: unknown) => reported.push((error as Error).message);
  const opening = persist(db, storage, { clock, onError });
  return { db, storage, damage, reported, opening };
}

test("what is written under the key of an entry that could not be read is stored", async () => {
  const { db, storage, reported, opening } = await damagedDatabase();
  const saved = await opening;
  expect(db.todos.keys()).toEqual([1, 3]);
  expect(reported).toEqual([expect.stringContaining("Cannot read todos/2")]);
  db.todos.put({ id: 2, title: "written again" });
  db.todos.update(1, { title: "changed" });
  await saved.close();
  expect(reported.length).toBe(1);
  expect([...(await stored(storage, "todos")).values()]).toEqual([
    { id: 1, title: "changed" },
    { id: 2, title: "written again" },
    { id: 3, title: "stored" },
  ]);
});

test("an entry that could not be read is removed by a deletion", async () => {
  const { db, storage, opening } = await damagedDatabase();
  const saved = await opening;
  db.todos.put({ id: 2, title: "written again" });
  db.todos.delete(2);
  await saved.close();
  expect([...(await stored(storage, "todos")).keys()]).toEqual([1, 3]);
});

test("an entry that could not be read is removed by a deletion made while others are read", async () => {
  const { db, storage, opening } = await damagedDatabase();
  db.todos.delete(2);
  await (await opening).close();
  expect([...(await stored(storage, "todos")).keys()]).toEqual([1, 3]);
});

test("an entry that is damaged later is overwritten only after that was reported", async () => {
  const { db, storage, damage, reported, opening } = await damagedDatabase();
  const saved = await opening;
  await storage.commit([{ type: "todos", key: 4, value: { id: 4, title: "theirs" } }]);
  damage(4);
  db.todos.add({ id: 4, title: "mine" });
  await expect(saved.flush()).rejects.toThrow("Cannot read todos/4");
  await expect(storage.get("todos", 4)).rejects.toThrow(UnreadableEntryError);
  expect(reported.length).toBe(2);
  await saved.flush();
  expect((await storage.get("todos", 4))?.value).toEqual({ id: 4, title: "mine" });
  await saved.close();
});

test("an entry that could not be read, and that somebody else has repaired, is not overwritten", async () => {
  const { db, storage, reported, opening } = await damagedDatabase();
  const saved = await opening;
  await storage.commit([{ type: "todos", key: 2, value: { id: 2, title: "same", list: "home" } }]);
  db.todos.put({ id: 2, title: "same", done: true });
  await saved.close();
  const merged = { id: 2, title: "same", list: "home", done: true };
  expect((await storage.get("todos", 2))?.value).toEqual(merged);
  expect(reported.length).toBe(1);
});

test("a changed entry that holds a document of another key is reported, stays out of memory, and can be overwritten", async () => {
  const [storage, clock, db] = [new Watched().watching(), new TestClock(), todoStore()];
  const reported: string[] = [];
  const onError = (error: unknown) => reported.push((error as Error).message);
  await using saved = await persist(db, storage, { clock, onError });
  const value = { id: 33, title: "theirs" };
  await storage.inner.commit([{ type: "todos", key: 1, value }]);
  await settled();
  expect(db.todos.keys()).toEqual([]);
  expect(reported).toEqual([
    "Cannot use what is there for todos/1: it is not a document with this id; give it one",
  ]);
  await clock.until(saved.flush());
  expect((await storage.inner.get("todos", 1))?.value).toEqual(value);
  db.todos.put({ id: 1, title: "mine" });
  await clock.until(saved.flush());
  expect(reported.length).toBe(1);
  expect((await storage.inner.get("todos", 1))?.value).toEqual({ id: 1, title: "mine" });
});

test("a changed entry that cannot be migrated stays in storage as it is until its key is written here", async () => {
  const [storage, clock, db] = [new Watched().watching(), new TestClock(), todoStore()];
  const reported: string[] = [];
  await using saved = await persist(db, storage, {
    clock,
    version: 2,
    migrate: () => {
      throw new Error("no way");
    },
    onError: (error) => reported.push((error as Error).message),
  });
  const entry = { type: "todos", key: 1, value: { id: 1, title: "old" }, metadata: { version: 1 } };
  await storage.inner.commit([entry]);
  db.todos.add({ id: 2, title: "other" });
  await clock.until(saved.flush());
  expect((await storage.inner.get("todos", 1))?.value).toEqual(entry.value);
  db.todos.add({ id: 1, title: "mine" });
  await clock.until(saved.flush());
  expect((await storage.inner.get("todos", 1))?.value).toEqual({ id: 1, title: "mine" });
  expect(reported).toEqual(["no way"]);
});

test("a document whose changed entry could not be read can be written all the same", async () => {
  const [storage, clock, db] = [new Watched().watching(), new TestClock(), todoStore()];
  const reported: unknown[] = [];
  const saved = await persist(db, storage, { clock, onError: (error) => reported.push(error) });
  const unreadable = new UnreadableEntryError({ type: "todos", key: 1 }, "it is damaged");
  storage.before = (act) => {
    if (act === "get") throw unreadable;
  };
  await storage.inner.commit([{ type: "todos", key: 1, value: { id: 1, title: "theirs" } }]);
  await settled();
  expect(reported).toEqual([unreadable]);
  db.todos.put({ id: 1, title: "mine" });
  await clock.until(saved.flush());
  expect((await storage.inner.get("todos", 1))?.value).toEqual({ id: 1, title: "mine" });
});

test("a damaged schema version is refused at once, by name, and can be deleted", async () => {
  const database = new DatabaseSync(":memory:");
  const storage = new SqliteStore(database);
  const open = () => persist(todoStore(), storage, { version: 2, clock: new TestClock() });
  await (await open()).close();
  database.exec(`update "rian.collections" set data = '{' where id = 'todos'`);
  // Nobody moves the clock: what cannot get better is not tried again.
  await expect(open()).rejects.toThrow(
    "Cannot read rian.collections/todos: the stored text is damaged; restore the entry or delete it",
  );
  await storage.commit([{ type: "rian.collections", key: "todos", delete: true }]);
  await (await open()).close();
});
