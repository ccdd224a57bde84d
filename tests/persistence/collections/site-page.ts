/// <reference lib="dom" />
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import { LocalStorageStore } from "../../../adapters/local-storage.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { todoStore } from "./support.ts";

/** What a store in the page looks like to the test. */
export interface SiteStore {
  readonly status: string;
  readonly titles: readonly string[];
  readonly stored: readonly string[];
}

declare global {
  /** Edits one document, writes, and returns what is so then. */
  var edit: (kind: string) => Promise<SiteStore>;
}

const stores = {
  localStorage: new LocalStorageStore(localStorage),
  indexedDB: new IndexedDbStore(indexedDB),
};
const onCleared = location.search === "?rewrite" ? "rewrite" : "stop";
const opened = new Map(
  await Promise.all(
    Object.entries(stores).map(async ([kind, adapter]) => {
      const { todos } = todoStore();
      const saved = await persist(todos, adapter, { onCleared });
      todos.bulkPut([{ id: 1, title: "one" }, { id: 2, title: "two" }]);
      await saved.flush();
      return [kind, { todos, saved, adapter }] as const;
    }),
  ),
);

globalThis.edit = async (kind) => {
  const { todos, saved, adapter } = opened.get(kind)!;
  todos.update(1, { title: "edited" });
  await saved.flush().catch(() => {});
  const titles = todos.toArray().map(({ title }) => title);
  const stored: string[] = [];
  for await (const { value } of adapter.list("todos")) {
    stored.push((value as { title: string }).title);
  }
  return { status: saved.status, titles, stored };
};
