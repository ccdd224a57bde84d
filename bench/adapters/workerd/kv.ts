import type { KVNamespace } from "@cloudflare/workers-types/index.ts";
import type { Backend } from "../contender.ts";
import { changed, type Document } from "../documents.ts";

const maxConnections = 6;
const prefix = "documents/";

/** What one would write by hand on Workers KV: JSON, written over six connections and read 100 at a time. */
export function directKv(kv: KVNamespace): Backend {
  async function* pages(): AsyncGenerator<string[]> {
    let cursor: string | undefined;
    do {
      const page = await kv.list({ prefix, ...cursor !== undefined && { cursor } });
      yield page.keys.map(({ name }) => name);
      cursor = page.list_complete ? undefined : page.cursor;
    } while (cursor !== undefined);
  }

  async function inGroups<Item>(items: readonly Item[], run: (item: Item) => Promise<unknown>) {
    for (let start = 0; start < items.length; start += maxConnections) {
      await Promise.all(items.slice(start, start + maxConnections).map(run));
    }
  }

  return {
    get: async (id) => (await kv.get<Document>(prefix + id, "json"))!,
    put: (id, document) => kv.put(prefix + id, JSON.stringify(document)),
    async cycle(id) {
      const document = await kv.get<Document>(prefix + id, "json");
      await kv.put(prefix + id, JSON.stringify(changed(document!)));
    },
    load(documents) {
      return inGroups(documents, (document) => {
        return kv.put(prefix + document.id, JSON.stringify(document));
      });
    },
    async list() {
      let count = 0;
      for await (const names of pages()) {
        for (let start = 0; start < names.length; start += 100) {
          const found = await kv.get<Document>(names.slice(start, start + 100), "json");
          for (const document of found.values()) if (document!.notes) count++;
        }
      }
      return count;
    },
    async clear() {
      for await (const names of pages()) await inGroups(names, (name) => kv.delete(name));
    },
  };
}
