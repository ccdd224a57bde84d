import { openDB } from "idb";
import type { Row } from "../contender.ts";
import type { Table } from "../contenders/by-hand.ts";

/** An object store of rows, as one would make it. */
export async function openTable(name: string): Promise<Table> {
  const database = await openDB(name, 1, {
    upgrade: (database) => void database.createObjectStore("rows", { keyPath: "id" }),
  });
  return {
    read: () => database.getAll("rows") as Promise<Row[]>,
    write(rows) {
      const { store, done } = database.transaction("rows", "readwrite");
      for (const row of rows) store.put(row);
      return done;
    },
  };
}
