import { Dexie, type EntityTable } from "dexie";
import type { Contender, Doc } from "../contender.ts";

/** Dexie has no memory of its own: documents are also in a Map, which is read whole, and each write goes to both. */
export const dexie: Contender<string> = {
  name: "Dexie and a Map",
  async open(name) {
    const database = name === undefined ? undefined : openDatabase(name);
    const docs = new Map<number, Doc>();
    for (const doc of await database?.docs.toArray() ?? []) docs.set(doc.id, doc);
    const writing: Promise<unknown>[] = [];
    return {
      put(doc) {
        docs.set(doc.id, doc);
        if (database) writing.push(database.docs.put(doc));
      },
      fill(many) {
        for (const doc of many) docs.set(doc.id, doc);
        if (database) writing.push(database.docs.bulkPut(many));
      },
      count: () => docs.size,
      at: (id) => docs.get(id)?.at,
      flush: async () => void await Promise.all(writing),
      close: async () => database?.close(),
    };
  },
};

function openDatabase(name: string): Dexie & { docs: EntityTable<Doc, "id"> } {
  const database = new Dexie(name) as Dexie & { docs: EntityTable<Doc, "id"> };
  database.version(1).stores({ docs: "id" });
  return database;
}
