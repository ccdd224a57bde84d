import { Dexie, type EntityTable } from "dexie";
import type { Contender, Row } from "../contender.ts";

/** Dexie is IndexedDB itself: what has to be in memory is in a Map, which is read whole, and each write goes to both. */
export const dexie: Contender<string> = {
  name: "Dexie and a Map",
  async open(name) {
    const database = name === undefined ? undefined : openDatabase(name);
    const rows = new Map<number, Row>();
    for (const row of await database?.rows.toArray() ?? []) rows.set(row.id, row);
    const writing: Promise<unknown>[] = [];
    return {
      put(row) {
        rows.set(row.id, row);
        if (database) writing.push(database.rows.put(row));
      },
      fill(many) {
        for (const row of many) rows.set(row.id, row);
        if (database) writing.push(database.rows.bulkPut(many));
      },
      count: () => rows.size,
      at: (id) => rows.get(id)?.at,
      flush: async () => void await Promise.all(writing),
      close: async () => database?.close(),
    };
  },
};

function openDatabase(name: string): Dexie & { rows: EntityTable<Row, "id"> } {
  const database = new Dexie(name) as Dexie & { rows: EntityTable<Row, "id"> };
  database.version(1).stores({ rows: "id" });
  return database;
}
