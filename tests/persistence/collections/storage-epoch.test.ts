import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { epochEntry, gate, settled, stored, TestClock, todoStore, Watched } from "./support.ts";

const todo = { id: 1, title: "stored" };

test("a read-only database is read without an epoch, and an edit says why it is not stored", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rian-read-only-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "app.sqlite");
  const writable = new SqliteStore(path);
  await writable.commit([{ type: "todos", key: 1, value: todo }]);
  await writable.close();
  const database = new DatabaseSync(path, { readOnly: true });
  onTestFinished(() => database.close());
  const [db, errors, clock] = [todoStore(), [] as string[], new TestClock()];
  const saved = await persist(db, new SqliteStore(database), {
    clock,
    onError: (error) => errors.push(String(error)),
  });
  expect(db.todos.toArray()).toEqual([todo]);
  expect(saved.status).toBe("saved");
  expect(errors).toEqual([]);
  db.todos.update(1, { title: "edited" });
  await expect(clock.until(saved.flush())).rejects.toThrow("the database is read-only");
  expect(saved.status).toBe("failing");
  await expect(clock.until(saved.close())).rejects.toThrow("the database is read-only");
});

test("a storage that does not take an epoch at first gets one before anything else is written", async () => {
  const inner = new MemoryStore();
  const [storage, clock, db] = [new Watched(inner), new TestClock(), todoStore()];
  const errors: string[] = [];
  const commit = inner.commit.bind(inner);
  let failures = 3;
  inner.commit = (writes) => failures-- > 0 ? Promise.reject(new Error("busy")) : commit(writes);
  const saved = await persist(db, storage, {
    clock,
    onError: (error) => errors.push((error as Error).message),
  });
  expect(errors).toEqual([]);
  db.todos.add(todo);
  await clock.until(saved.flush());
  expect(errors).toEqual(["busy", "busy"]);
  expect(await inner.get(epochEntry.type, epochEntry.key)).toBeDefined();
  for (const type of ["rian.collections", "todos"]) await inner.clear(type);
  db.todos.add({ id: 2, title: "new" });
  await expect(clock.until(saved.flush())).rejects.toThrow("cleared");
  expect(await inner.count("todos")).toBe(0);
});

test("stores that begin on an empty storage at the same time have one epoch between them", async () => {
  const inner = new MemoryStore();
  const dbs = Array.from({ length: 5 }, () => todoStore());
  const all = await Promise.all(dbs.map((db) => persist(db, new Watched(inner))));
  for (const [index, db] of dbs.entries()) db.todos.add({ id: index, title: "mine" });
  await Promise.all(all.map((saved) => saved.flush()));
  expect(all.map(({ status }) => status)).toEqual(Array(5).fill("saved"));
  expect(await inner.count("todos")).toBe(5);
  expect(await inner.count("rian.collections")).toBe(1);
});

test("an epoch that was restored from a backup, or copied with all else, is the same epoch", async () => {
  const inner = new MemoryStore();
  const db = todoStore();
  const saved = await persist(db, new Watched(inner));
  db.todos.add(todo);
  await saved.flush();
  const { value } = (await inner.get(epochEntry.type, epochEntry.key))!;
  await inner.commit([
    { ...epochEntry, value },
    { type: "todos", key: 1, value: todo },
  ]);
  db.todos.add({ id: 2, title: "new" });
  await saved.flush();
  db.todos.update(1, { title: "edited" });
  await saved.flush();
  expect([...(await stored(inner, "todos")).values()]).toEqual([
    { id: 1, title: "edited" },
    { id: 2, title: "new" },
  ]);
  await saved.close();
});

test("the storage that one of several stores has written anew is another one for the rest", async () => {
  const inner = new MemoryStore();
  const [rewriting, stopping] = [todoStore(), todoStore()];
  const saved = await persist(rewriting, new Watched(inner), {
    onCleared: "rewrite",
    onError: () => {},
  });
  const other = await persist(stopping, new Watched(inner), { onError: () => {} });
  rewriting.todos.add(todo);
  stopping.todos.add({ id: 2, title: "theirs" });
  await Promise.all([saved.flush(), other.flush()]);
  for (const type of ["rian.collections", "todos"]) await inner.clear(type);
  rewriting.todos.update(1, { done: true });
  await saved.flush();
  stopping.todos.update(2, { done: true });
  stopping.todos.add({ id: 3, title: "theirs" });
  await expect(other.flush()).rejects.toThrow("cleared");
  expect(other.status).toBe("cleared");
  expect([...(await stored(inner, "todos")).keys()]).toEqual([1]);
  await Promise.all([saved.close(), other.close()]);
});

test("waitUntil lasts no longer once the storage turns out to be cleared, and close finds it at the latest", async () => {
  const inner = new MemoryStore();
  const db = todoStore();
  const work: Promise<unknown>[] = [];
  const saved = await persist(db, new Watched(inner), {
    debounce: Infinity,
    waitUntil: (promise) => work.push(promise),
    onError: () => {},
  });
  await inner.clear("rian.collections");
  db.todos.add(todo);
  expect(work.length).toBe(1);
  await expect(saved.close()).rejects.toThrow("cleared");
  await Promise.all(work);
  expect(saved.status).toBe("closed");
});

test("a change made while a cleared storage is written anew is stored as well", async () => {
  const inner = new MemoryStore();
  const [storage, db] = [new Watched(inner), todoStore()];
  const saved = await persist(db, storage, { onCleared: "rewrite", onError: () => {} });
  db.todos.bulkAdd([todo, { id: 2, title: "two" }, { id: 3, title: "three" }]);
  await saved.flush();
  for (const type of ["rian.collections", "todos"]) await inner.clear(type);
  const { opened, open } = gate();
  let commits = 0;
  storage.before = (act) => act === "commit" && ++commits === 2 ? opened : undefined;
  db.todos.update(1, { title: "edited" });
  const flushed = saved.flush();
  await settled();
  await settled();
  db.todos.delete(2);
  db.todos.update(3, { title: "meanwhile" });
  open();
  await flushed;
  await saved.close();
  expect([...(await stored(inner, "todos")).values()]).toEqual([
    { id: 1, title: "edited" },
    { id: 3, title: "meanwhile" },
  ]);
});
