/// <reference lib="webworker" />
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { todoStore } from "./support.ts";

/** Keeps writing like a tab until it is killed, and posts what is acknowledged. */
const db = todoStore();
await persist(db, new IndexedDbStore(indexedDB, { name: "killed" }), {
  debounce: 0,
  onSaved: ({ documents }) => self.postMessage(documents.map(({ key }) => key)),
});
for (let id = 0;; id++) {
  db.todos.add({ id, title: "x".repeat(500) });
  if (id % 20 === 0) await new Promise((resolve) => setTimeout(resolve));
}
