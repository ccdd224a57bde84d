import Database from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import type { Adapter, Entry } from "../../../src/persistence/adapter/adapter.ts";
import { ConflictError } from "../../../src/persistence/adapter/errors.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const libraries = [
  {
    library: "node:sqlite",
    open: (path: string, readOnly = false) => new DatabaseSync(path, { readOnly }),
  },
  {
    library: "better-sqlite3",
    // What the tests call is the same in both.
    open: (path: string, readonly = false) =>
      new Database(path, { readonly }) as unknown as DatabaseSync,
  },
];

const text = { type: "string" };
const items = { type: "array", items: { $ref: "#/$defs/Todo" } };
const value = { id: "a", title: "Shopping", items: [{ id: "x" }, { id: "y" }] };

function mapped(database: DatabaseSync, properties: Record<string, object>): SqliteMappedStore {
  return new SqliteMappedStore(database, {
    mapping: {
      Todo: { "x-na:store": { entity: "todos" } },
      TodoList: { "x-na:store": { entity: "todo_lists" } },
    },
    schema: {
      $defs: { Todo: { properties: { id: text, title: text } }, TodoList: { properties } },
    },
  });
}

const full = { id: text, title: text, items };

async function entriesOf(store: Adapter): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of store.list("TodoList")) entries.push(entry);
  return entries;
}

describe.each(libraries)("a database that can only be read, on $library", ({ open }) => {
  const stores = {
    SqliteStore: (database: DatabaseSync) => new SqliteStore(database),
    SqliteMappedStore: (database: DatabaseSync) => mapped(database, full),
  };
  const cannotWrite = "Cannot write to SQLite: the database is read-only; open it for writing";

  /** A file in which something was done before it is opened to be read. */
  async function readOnly(prepare: (database: DatabaseSync) => Promise<unknown>) {
    const path = join(folder, `${files++}.db`);
    const writable = open(path);
    await prepare(writable);
    writable.close();
    return open(path, true);
  }

  describe.each(Object.entries(stores))("by %s", (_, storeOf) => {
    test("has nothing in it where no table was ever made, and stays so", async () => {
      const database = open(":memory:");
      database.exec("pragma query_only = on");
      const store = storeOf(database);
      expect(await store.get("TodoList", "a")).toBeUndefined();
      expect(await entriesOf(store)).toEqual([]);
      expect(await store.count("TodoList")).toBe(0);
      await store.clear("TodoList");
      await expect(store.persist("TodoList", "a", {}, value)).rejects.toThrow(cannotWrite);
      const writes = ["a", "b"].map((key) => ({ type: "TodoList", key, value }));
      await expect(store.commit(writes)).rejects.toThrow(cannotWrite);
      expect(database.prepare("select name from sqlite_master").all()).toEqual([]);
    });

    test("can be read, and refuses writes by name", async () => {
      const database = await readOnly((writable) => {
        return storeOf(writable).persist("TodoList", "a", {}, value);
      });
      const store = storeOf(database);
      expect(await store.load("TodoList", "a")).toStrictEqual(value);
      expect((await entriesOf(store)).map(({ key }) => key)).toEqual(["a"]);
      expect(await store.get("Todo", "x")).toBeUndefined();
      await expect(store.persist("TodoList", "a", {}, value)).rejects.toThrow(cannotWrite);
      await expect(store.clear("TodoList")).rejects.toThrow(cannotWrite);
      expect(await store.load("TodoList", "a")).toStrictEqual(value);
    });

    test("can be compared with what was read", async () => {
      const database = await readOnly((writable) => {
        return storeOf(writable).persist("TodoList", "a", {}, value);
      });
      const store = storeOf(database);
      const { version } = (await store.get("TodoList", "a"))!;
      const check = { type: "TodoList", key: "a", check: true } as const;
      const absent = { ...check, key: "b", ifVersion: null };
      expect(await store.commit([{ ...check, ifVersion: version }, absent]))
        .toEqual([version, null]);
      await expect(store.commit([{ ...check, ifVersion: null }])).rejects.toThrow(ConflictError);
    });

    test("has no tables made by reads where they could be", async () => {
      const database = open(":memory:");
      const store = storeOf(database);
      await store.get("TodoList", "a");
      await entriesOf(store);
      await store.clear("TodoList");
      expect(database.prepare("select name from sqlite_master").all()).toEqual([]);
      await store.persist("TodoList", "a", {}, value);
      expect(await store.load("TodoList", "a")).toStrictEqual(value);
    });
  });

  test("is read without the notes of what its tables hold", async () => {
    const database = await readOnly(async (writable) => {
      await mapped(writable, full).persist("TodoList", "a", {}, value);
      writable.exec("drop table rian_tables");
    });
    const store = mapped(database, full);
    expect(await store.load("TodoList", "a")).toStrictEqual(value);
    expect((await entriesOf(store)).map((entry) => entry.value)).toEqual([value]);
  });

  test("is read by a schema that has more than its tables", async () => {
    const database = await readOnly((writable) => {
      return mapped(writable, { id: text }).persist("TodoList", "a", {}, value);
    });
    const store = mapped(database, { ...full, done: { type: "boolean" } });
    for (let times = 0; times < 2; times++) {
      expect(await store.load("TodoList", "a")).toStrictEqual(value);
      expect(await store.load("Todo", "a")).toBeNull();
    }
  });

  test("is followed as others add to its tables", async () => {
    const path = join(folder, `${files++}.db`);
    const writable = open(path);
    await mapped(writable, { id: text }).persist("TodoList", "a", {}, value);
    const store = mapped(open(path, true), full);
    expect(await store.load("TodoList", "a")).toStrictEqual(value);
    const changed = { ...value, title: "Other", items: [{ id: "z" }] };
    await mapped(writable, full).persist("TodoList", "a", {}, changed);
    expect(await store.load("TodoList", "a")).toStrictEqual(changed);
    await mapped(writable, full).clear("TodoList");
    expect(await entriesOf(store)).toEqual([]);
  });
});
