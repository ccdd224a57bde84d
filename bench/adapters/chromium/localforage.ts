import localforage from "localforage";
import type { Backend } from "../contender.ts";
import type { Document } from "../documents.ts";

/** A peer on IndexedDB: localForage, which has neither conditional writes nor one for many documents. */
export function localforageBackend(name: string): Backend {
  const storage = localforage.createInstance({ name, driver: localforage.INDEXEDDB });
  return {
    get: async (id) => (await storage.getItem<Document>(id))!,
    put: (id, document) => storage.setItem(id, document),
    load: (documents) => Promise.all(documents.map((each) => storage.setItem(each.id, each))),
    async list() {
      let count = 0;
      await storage.iterate((document: Document) => {
        if (document.notes) count++;
      });
      return count;
    },
    clear: () => storage.clear(),
  };
}
