import { expect, test } from "vitest";
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import { LocalStorageStore } from "../../../adapters/local-storage.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { type ClearablePlatform, testClearing } from "./cleared-scenario.ts";
import { stored, todoStore } from "./support.ts";

let databases = 0;

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

const platforms: Readonly<Record<string, () => ClearablePlatform>> = {
  localStorage: () => {
    localStorage.clear();
    return { open: () => new LocalStorageStore(localStorage), clear: () => localStorage.clear() };
  },
  sessionStorage: () => {
    sessionStorage.clear();
    return {
      open: () => new LocalStorageStore(sessionStorage, { events: window }),
      clear: () => sessionStorage.clear(),
    };
  },
  IndexedDB: () => {
    const name = `cleared-${databases++}`;
    return {
      open: () => new IndexedDbStore(indexedDB, { name }),
      clear: () => deleteDatabase(name),
    };
  },
};

testClearing(platforms);

test("a tab hears that another one has cleared localStorage, before anything is edited", async () => {
  localStorage.clear();
  const frame = document.createElement("iframe");
  document.body.append(frame);
  const db = todoStore();
  const storage = new LocalStorageStore(localStorage, { events: window });
  const saved = await persist(db, storage, { onError: () => {} });
  db.todos.add({ id: 1, title: "mine" });
  await saved.flush();
  frame.contentWindow!.localStorage.clear();
  await expect.poll(() => saved.status).toBe("cleared");
  expect(db.todos.get(1)).toEqual({ id: 1, title: "mine" });
  await saved.close();
  frame.remove();
});

test("what another user writes after a log-out does not get into the tab that was open before", async () => {
  const name = "log-out";
  const db = todoStore();
  const saved = await persist(db, new IndexedDbStore(indexedDB, { name }), { onError: () => {} });
  db.todos.add({ id: 1, title: "mine" });
  await saved.flush();
  await deleteDatabase(name);
  const others = new IndexedDbStore(indexedDB, { name });
  const theirs = todoStore();
  const theirSaved = await persist(theirs, others);
  theirs.todos.add({ id: 1, title: "theirs" });
  await theirSaved.flush();
  await expect.poll(() => saved.status).toBe("cleared");
  expect(db.todos.get(1)).toEqual({ id: 1, title: "mine" });
  db.todos.update(1, { done: true });
  await expect(saved.flush()).rejects.toThrow("cleared");
  expect([...(await stored(others, "todos")).values()]).toEqual([{ id: 1, title: "theirs" }]);
  await Promise.all([saved.close(), theirSaved.close()]);
});
