import type { Adapter } from "../../../src/persistence/adapter/adapter.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { Ramify, type Schema } from "../../../src/store/mod.ts";
import type { Contender, Doc } from "../contender.ts";

/** Rian, on one of its adapters. */
export function rian<Place>(open: (place: Place) => Adapter): Contender<Place> {
  return {
    name: "Rian",
    async open(place) {
      const db = new Ramify().createStore<{ docs: Schema<Doc, "id"> }>({
        docs: { primaryKey: "id", indexes: ["group"] },
      });
      const saved = place && await persist(db, open(place));
      return {
        put: (doc) => db.docs.put(doc),
        fill: (docs) => db.docs.bulkPut(docs),
        count: () => db.docs.count(),
        at: (id) => db.docs.get(id)?.at,
        flush: () => saved!.flush(),
        close: async () => await saved?.close(),
      };
    },
  };
}
