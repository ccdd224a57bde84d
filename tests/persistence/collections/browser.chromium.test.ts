import { expect, onTestFinished, test } from "vitest";
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import { LocalStorageStore } from "../../../adapters/local-storage.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { stored, todoStore } from "./support.ts";

test("two tabs over IndexedDB see each other's changes and lose none", async () => {
  const tab = async () => {
    const db = todoStore();
    const storage = new IndexedDbStore(indexedDB, { name: "tabs" });
    return { todos: db.todos, storage, saved: await persist(db, storage, { debounce: 5 }) };
  };
  const [mine, theirs] = [await tab(), await tab()];
  mine.todos.add({ id: 1, title: "origin" });
  await expect.poll(() => theirs.todos.get(1)).toEqual({ id: 1, title: "origin" });
  mine.todos.update(1, { done: true });
  theirs.todos.update(1, { list: "home" });
  const merged = { id: 1, title: "origin", done: true, list: "home" };
  await expect.poll(() => mine.todos.get(1)).toEqual(merged);
  await expect.poll(() => theirs.todos.get(1)).toEqual(merged);
  await Promise.all([mine.saved.close(), theirs.saved.close()]);
  expect((await mine.storage.get("todos", 1))?.value).toEqual(merged);
});

test("a tab over localStorage sees what another tab writes", async () => {
  localStorage.clear();
  const frame = document.createElement("iframe");
  document.body.append(frame);
  const [mine, theirs] = [todoStore(), todoStore()];
  const storage = new LocalStorageStore(localStorage, { events: window });
  const theirStorage = new LocalStorageStore(frame.contentWindow!.localStorage, {
    events: frame.contentWindow!,
  });
  await using _saved = await persist(mine, storage);
  await using saved = await persist(theirs, theirStorage);
  theirs.todos.add({ id: 1, title: "theirs" });
  await saved.flush();
  await expect.poll(() => mine.todos.get(1)).toEqual({ id: 1, title: "theirs" });
  frame.remove();
});

test("a tab that is killed while it writes loses nothing that was acknowledged", async () => {
  const worker = new Worker(new URL("./tab-worker.ts", import.meta.url), { type: "module" });
  const acknowledged: number[] = [];
  worker.onmessage = ({ data }) => acknowledged.push(...data);
  await expect.poll(() => acknowledged.length).toBeGreaterThan(200);
  worker.terminate();
  const db = todoStore();
  const storage = new IndexedDbStore(indexedDB, { name: "killed" });
  await using _saved = await persist(db, storage);
  expect(acknowledged.filter((id) => db.todos.get(id)?.title.length !== 500)).toEqual([]);
});

test("a change that a full localStorage refuses stays in memory, is reported, and is stored once there is room", async () => {
  localStorage.clear();
  const storage = new LocalStorageStore(localStorage);
  const db = todoStore();
  const errors: string[] = [];
  const saved = await persist(db, storage, {
    onError: (error) => errors.push((error as Error).message),
  });
  db.todos.add({ id: 1, title: "x".repeat(3_000_000) });
  await saved.flush();
  db.todos.add({ id: 2, title: "x".repeat(3_000_000) });
  db.todos.add({ id: 3, title: "small" });
  await expect(saved.flush()).rejects.toThrow("has no room");
  expect([...(await stored(storage, "todos")).keys()]).toEqual([1, 3]);
  expect({ status: saved.status, pending: saved.pending }).toEqual({
    status: "failing",
    pending: 1,
  });
  expect(errors.length).toBe(1);
  db.todos.delete(1);
  await saved.flush();
  expect([...(await stored(storage, "todos")).keys()]).toEqual([2, 3]);
  expect(saved.status).toBe("saved");
  await saved.close();
  localStorage.clear();
});

test("a change that a full IndexedDB refuses stays in memory and is stored by a flush once there is room", async () => {
  const { put } = IDBObjectStore.prototype;
  onTestFinished(() => {
    IDBObjectStore.prototype.put = put;
  });
  const storage = new IndexedDbStore(indexedDB, { name: "full" });
  const db = todoStore();
  const saved = await persist(db, storage, { onError: () => {} });
  // A quota cannot be set from within a page, nor a disk filled.
  IDBObjectStore.prototype.put = function (value: { readonly text: string }) {
    if (value.text.length < 1_000) return put.call(this, value);
    throw new DOMException("Quota exceeded.", "QuotaExceededError");
  };
  db.todos.add({ id: 1, title: "x".repeat(1_000) });
  db.todos.add({ id: 2, title: "small" });
  await expect(saved.flush()).rejects.toThrow("no room");
  expect([...(await stored(storage, "todos")).keys()]).toEqual([2]);
  expect({ status: saved.status, pending: saved.pending }).toEqual({
    status: "failing",
    pending: 1,
  });
  IDBObjectStore.prototype.put = put;
  await saved.flush();
  expect([...(await stored(storage, "todos")).keys()]).toEqual([1, 2]);
  expect(saved.status).toBe("saved");
  await saved.close();
});

test("a page that is closed has written to localStorage before it is gone", async () => {
  localStorage.clear();
  const storage = new LocalStorageStore(localStorage);
  const db = todoStore();
  await using _saved = await persist(db, storage, { debounce: 60_000 });
  db.todos.add({ id: 1, title: "last words" });
  dispatchEvent(new PageTransitionEvent("pagehide"));
  // Only microtasks run between the event and the end of a page.
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  expect(await storage.get("todos", 1).then((entry) => entry?.value)).toEqual({
    id: 1,
    title: "last words",
  });
  localStorage.clear();
});
