import { openDB } from "idb";
import type { Doc } from "../contender.ts";
import type { Table } from "../contenders/by-hand.ts";

/** Opens an object store of documents, as one would write it by hand. */
export async function openTable(name: string): Promise<Table> {
  const database = await openDB(name, 1, {
    upgrade: (database) => void database.createObjectStore("docs", { keyPath: "id" }),
  });
  return {
    read: () => database.getAll("docs") as Promise<Doc[]>,
    write(docs) {
      const { store, done } = database.transaction("docs", "readwrite");
      for (const doc of docs) store.put(doc);
      return done;
    },
  };
}
