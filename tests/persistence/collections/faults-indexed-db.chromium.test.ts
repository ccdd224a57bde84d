import { afterEach, expect, test } from "vitest";
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import {
  withIndexedDbFault,
  withIndexedDbFaults,
  withoutIndexedDbFault,
} from "../../adapters/indexed-db/faults.ts";
import { persistThroughFaults } from "./fault-scenario.ts";
import { simulateOn } from "./platform-simulation.ts";
import { todoStore } from "./support.ts";

afterEach(withoutIndexedDbFault);

let databases = 0;
function newDatabase(): { name: string } {
  withoutIndexedDbFault();
  return { name: `persist through faults ${databases++}` };
}

test("storage ends up equal to memory whichever call to IndexedDB fails", async () => {
  const tried = await persistThroughFaults({
    create: newDatabase,
    open: ({ name }) => new IndexedDbStore(indexedDB, { name }),
    inject: withIndexedDbFault,
  });
  expect(tried).toBeGreaterThan(20);
});

test("storage equals memory once calls to IndexedDB work again, whichever of them have failed", async () => {
  await simulateOn({
    runs: 20,
    create: newDatabase,
    open: ({ name }) => new IndexedDbStore(indexedDB, { name }),
    inject: withIndexedDbFaults,
  });
});

test("persistence is failing and memory keeps every change after another program has taken over the database", async () => {
  const name = "taken over";
  const db = todoStore();
  const saved = await persist(db, new IndexedDbStore(indexedDB, { name }), {
    retry: { attempts: 2, minDelay: 0 },
    onError: () => {},
  });
  db.todos.add({ id: 1, title: "stored" });
  await saved.flush();
  // A later version closes the connections of all others, who cannot open the database again.
  const later = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 99);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  db.todos.update(1, { title: "in memory only" });
  await expect(saved.flush()).rejects.toThrow("1 documents are in memory only");
  expect({ status: saved.status, pending: saved.pending }).toEqual({
    status: "failing",
    pending: 1,
  });
  expect(db.todos.get(1)?.title).toBe("in memory only");
  await expect(saved.close()).rejects.toThrow("Cannot save all changes to IndexedDB");
  expect(saved.status).toBe("closed");
  later.close();
});
