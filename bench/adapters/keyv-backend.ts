import type { Keyv } from "keyv";
import type { Backend } from "./contender.ts";
import type { Document } from "./documents.ts";

/** A peer: keyv, which has no conditional writes. */
export function keyvBackend(keyv: Keyv<Document>): Backend {
  return {
    get: async (id) => (await keyv.get(id))!,
    put: (id, document) => keyv.set(id, document),
    load: (documents) => keyv.setMany(documents.map((value) => ({ key: value.id, value }))),
    async list() {
      let count = 0;
      for await (const [, document] of keyv.iterator()) if (document.notes) count++;
      return count;
    },
    clear: () => keyv.clear(),
  };
}
