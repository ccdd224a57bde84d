import { SqliteStore } from "../../../adapters/sqlite.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { Ramify, type Schema } from "../../../src/store/mod.ts";
import type { Contender, Row } from "../contender.ts";

/** Rian, on its SqliteStore. */
export const rian: Contender = {
  name: "Rian",
  async open(database) {
    const db = new Ramify().createStore<{ rows: Schema<Row, "id"> }>({
      rows: { primaryKey: "id", indexes: ["group"] },
    });
    const saved = database && await persist(db, new SqliteStore(database));
    return {
      put: (row) => db.rows.put(row),
      fill: (rows) => db.rows.bulkPut(rows),
      count: () => db.rows.count(),
      flush: () => saved!.flush(),
      close: async () => await saved?.close(),
    };
  },
};
