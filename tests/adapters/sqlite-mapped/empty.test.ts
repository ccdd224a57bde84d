import { describe, expect, test } from "vitest";
import type { SqliteHandle } from "../../../adapters/_sql-drivers/sqlite-handle.ts";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { databases } from "./databases.ts";

const text = { type: "string" };
const options = {
  mapping: { Note: { "x-na:store": { entity: "notes" } } },
  schema: { $defs: { Note: { properties: { id: text } } } },
};

describe.each(databases)("a database in which nothing is yet, on $library", ({ open }) => {
  /** A handle that counts the statements that are run. */
  function counted(): { handle: SqliteHandle; ran: () => number } {
    const database: SqliteHandle = open();
    let count = 0;
    const handle: SqliteHandle = {
      exec: (sql) => database.exec(sql),
      close: () => database.close(),
      prepare(sql) {
        count++;
        const statement = database.prepare(sql);
        const all = statement.all.bind(statement);
        return Object.assign(statement, {
          all(...parameters: (string | number | null)[]) {
            count++;
            return all(...parameters);
          },
        });
      },
    };
    return {
      handle,
      ran() {
        const before = count;
        count = 0;
        return before;
      },
    };
  }

  test("is asked by one statement for each read, once it is known", async () => {
    const { handle, ran } = counted();
    const store = new SqliteMappedStore(handle, options);
    for (let times = 0; times < 2; times++) expect(await store.load("Note", "a")).toBeNull();
    ran();
    for (let times = 0; times < 3; times++) {
      expect(await store.load("Note", "a")).toBeNull();
      for await (const _ of store.list("Note")) throw new Error("there is nothing to list");
      await store.clear("Note");
    }
    expect(ran()).toBe(9);
  });

  test("shows what another store writes to it, and what the same one does", async () => {
    for (const isSame of [true, false]) {
      const { handle } = counted();
      const store = new SqliteMappedStore(handle, options);
      expect(await store.load("Note", "a")).toBeNull();
      const writer = isSame ? store : new SqliteMappedStore(handle, options);
      await writer.persist("Note", "a", {}, { id: "a" });
      expect(await store.load("Note", "a")).toStrictEqual({ id: "a" });
    }
  });

  test("is not taken for empty when it is cleared after another store wrote to it", async () => {
    const { handle } = counted();
    const store = new SqliteMappedStore(handle, options);
    expect(await store.load("Note", "a")).toBeNull();
    const writer = new SqliteMappedStore(handle, options);
    await writer.persist("Note", "a", {}, { id: "a" });
    await store.clear("Note");
    expect(await writer.load("Note", "a")).toBeNull();
    expect(handle.prepare("select id from notes").all()).toEqual([]);
  });
});
