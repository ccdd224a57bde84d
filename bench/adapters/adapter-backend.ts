import type { Adapter } from "../../src/persistence/adapter/adapter.ts";
import type { Backend } from "./contender.ts";
import { changed, type Document } from "./documents.ts";

const type = "Document";

/** Rian's own contender: any adapter. */
export function adapterBackend(adapter: Adapter): Backend {
  return {
    get: (id) => adapter.load(type, id),
    put: (key, value) => adapter.commit([{ type, key, value }]),
    async cycle(key) {
      const entry = await adapter.get(type, key);
      const value = changed(entry!.value as Document);
      const { conditional } = adapter.capabilities;
      const ifVersion = conditional === "none" ? undefined : entry!.version;
      await adapter.commit([{ type, key, value, ifVersion }]);
    },
    load: (documents) => adapter.commit(documents.map((value) => ({ type, key: value.id, value }))),
    async list() {
      let count = 0;
      for await (const { value } of adapter.list(type)) {
        if ((value as Document).notes) count++;
      }
      return count;
    },
    clear: () => adapter.clear(type),
  };
}
