import type { Adapter } from "../../../src/persistence/adapter/adapter.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { Ramify, type Schema } from "../../../src/store/mod.ts";
import type { Contender, Row } from "../contender.ts";

/** Rian, on one of its adapters. */
export function rian<Place>(open: (place: Place) => Adapter): Contender<Place> {
  return {
    name: "Rian",
    async open(place) {
      const db = new Ramify().createStore<{ rows: Schema<Row, "id"> }>({
        rows: { primaryKey: "id", indexes: ["group"] },
      });
      const saved = place && await persist(db, open(place));
      return {
        put: (row) => db.rows.put(row),
        fill: (rows) => db.rows.bulkPut(rows),
        count: () => db.rows.count(),
        at: (id) => db.rows.get(id)?.at,
        flush: () => saved!.flush(),
        close: async () => await saved?.close(),
      };
    },
  };
}
