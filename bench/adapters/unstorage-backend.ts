import type { Backend } from "./contender.ts";
import type { Document } from "./documents.ts";

/** The part of an unstorage `Storage` that is used. */
export interface Storage {
  getItem(key: string): Promise<unknown>;
  setItem(key: string, value: Document): Promise<void>;
  setItems(items: { key: string; value: Document }[]): Promise<void>;
  getKeys(): Promise<string[]>;
  getItems(keys: string[]): Promise<{ value: unknown }[]>;
  clear(): Promise<void>;
}

/** A peer: unstorage, which has no conditional writes. */
export function unstorageBackend(storage: Storage): Backend {
  return {
    get: (id) => storage.getItem(id) as Promise<Document>,
    put: (id, document) => storage.setItem(id, document),
    load(documents) {
      return storage.setItems(documents.map((value) => ({ key: value.id, value })));
    },
    async list() {
      const items = await storage.getItems(await storage.getKeys());
      return items.filter(({ value }) => (value as Document).notes).length;
    },
    clear: () => storage.clear(),
  };
}
