/// <reference lib="dom" />
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { todoStore } from "./support.ts";

/** What the test gives to the page. */
declare function acknowledge(keys: number[]): void;
/** What the page gives to the test: what it has read, and a way to make it write until it is killed. */
declare global {
  var found: number[];
  var work: () => Promise<never>;
}

const { todos } = todoStore();
await persist(todos, new IndexedDbStore(indexedDB), {
  debounce: 0,
  onSaved: ({ documents }) => acknowledge(documents.map(({ key }) => key as number)),
});
globalThis.found = todos.keys() as number[];
globalThis.work = async () => {
  for (let id = 2 * Math.ceil(todos.count() / 2);; id += 2) {
    // Two that belong together.
    todos.bulkAdd([id, id + 1].map((each) => ({ id: each, title: "x".repeat(500) })));
    if (id % 40 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
};
