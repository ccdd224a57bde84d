/// <reference lib="dom" />
import { LocalStorageStore } from "../../../adapters/local-storage.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { todoStore } from "./support.ts";

/** What the page gives to the test: what is in its memory, and a way to make it write documents one by one. */
declare global {
  var keysInMemory: () => number[];
  var writeDocuments: (from: number, to: number) => Promise<void>;
}

const { todos } = todoStore();
const storage = new LocalStorageStore(localStorage, { events: window });
const saved = await persist(todos, storage, { debounce: 0 });
globalThis.keysInMemory = () => todos.keys() as number[];
globalThis.writeDocuments = async (from, to) => {
  for (let id = from; id < to; id++) {
    todos.add({ id, title: "written" });
    await saved.flush();
  }
};
