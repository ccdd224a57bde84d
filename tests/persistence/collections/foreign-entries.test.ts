import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { mergeFields } from "../../../src/persistence/collections/merge.ts";
import { Ramify, type Schema } from "../../../src/store/mod.ts";
import { epochEntry, settled, stored, TestClock, todoStore, Watched } from "./support.ts";

/** What a program of somebody else's may leave under `todos/2`. */
const foreign: Readonly<Record<string, { readonly value: unknown; readonly metadata?: unknown }>> =
  {
    "a number": { value: 5 },
    "null": { value: null },
    "undefined": { value: undefined },
    "a string": { value: "todo" },
    "a list": { value: [1] },
    "a list of a document": { value: [{ id: 2, title: "in a list" }] },
    "a Date": { value: new Date(0) },
    "a Map": { value: new Map([["id", 2]]) },
    "a document without a key": { value: { title: "keyless" } },
    "a document of another key": { value: { id: 33, title: "elsewhere" } },
    "a document whose key is a string": { value: { id: "2", title: "text" } },
    "a schema version that is a string": {
      value: { id: 2, title: "odd" },
      metadata: { version: "7" },
    },
    "a schema version that is an object": {
      value: { id: 2, title: "odd" },
      metadata: { version: {} },
    },
    "a schema version that is null": {
      value: { id: 2, title: "odd" },
      metadata: { version: null },
    },
    "a schema version of 0": { value: { id: 2, title: "odd" }, metadata: { version: 0 } },
    "a schema version of 1.5": { value: { id: 2, title: "odd" }, metadata: { version: 1.5 } },
    "a number with a schema version that is old": { value: 5, metadata: { version: 1 } },
  };

const whole = { id: 1, title: "whole" };

async function storageWithForeign(name: string) {
  const entry = { type: "todos", key: 2, ...foreign[name]! };
  const storage = new SqliteStore(new DatabaseSync(":memory:"));
  await storage.commit([{ type: "todos", key: 1, value: whole }, entry]);
  return { storage, entry };
}

function isKept(storage: SqliteStore, { value, metadata }: { value: unknown; metadata?: unknown }) {
  return expect(storage.get("todos", 2)).resolves.toEqual({
    key: 2,
    value,
    version: expect.any(String),
    ...metadata !== undefined && { metadata },
  });
}

describe.each(Object.keys(foreign))("%s where a document should be", (name) => {
  for (const version of [1, 2]) {
    test(`is reported when version ${version} reads it, stays as it is, and can be replaced`, async () => {
      const { storage, entry } = await storageWithForeign(name);
      const [db, errors, migrated] = [todoStore(), [] as string[], [] as unknown[]];
      const saved = await persist(db, storage, {
        version,
        clock: new TestClock(),
        ...version === 2 && {
          migrate: (document) => {
            migrated.push(document);
            return document;
          },
        },
        onError: (error) => errors.push(String(error)),
      });
      await saved.flush();
      const documents = version === 2 ? db.todos.keys().filter((key) => key !== 33) : [1];
      expect(db.todos.get(1)).toEqual(whole);
      expect(documents).toContain(1);
      if (errors.length > 0) await isKept(storage, entry);
      for (const each of migrated) expect(Object.getPrototypeOf(each)).toBe(Object.prototype);
      if (version === 1) {
        expect(errors).toEqual([expect.stringContaining("Cannot read todos/2")]);
        expect(db.todos.keys()).toEqual([1]);
      }
      db.todos.put({ id: 2, title: "mine" });
      await saved.flush();
      expect((await stored(storage, "todos")).get(2)).toEqual({ id: 2, title: "mine" });
      await saved.close();
    });
  }

  test("is reported as news, and memory keeps the document that it had", async () => {
    const [storage, clock, db] = [new Watched().watching(), new TestClock(), todoStore()];
    const errors: string[] = [];
    await storage.inner.commit([{ type: "todos", key: 2, value: { id: 2, title: "mine" } }]);
    const saved = await persist(db, storage, {
      clock,
      onError: (error) => errors.push(String(error)),
    });
    await storage.inner.commit([{ type: "todos", key: 2, ...foreign[name]! }]);
    await settled();
    expect(errors).toEqual([expect.stringContaining("todos/2")]);
    expect(db.todos.toArray()).toEqual([{ id: 2, title: "mine" }]);
    await saved.close();
    expect((await storage.inner.get("todos", 2))?.value).toEqual(foreign[name]!.value);
  });

  test("is reported before an edit replaces it, and nobody is asked to merge with it", async () => {
    const { storage, entry } = await storageWithForeign(name);
    await storage.commit([{ type: "todos", key: 2, value: { id: 2, title: "mine" } }]);
    const [db, errors] = [todoStore(), [] as string[]];
    const saved = await persist(db, storage, {
      clock: new TestClock(),
      onError: (error) => errors.push(String(error)),
      onConflict: () => {
        throw new Error("there is nothing to merge with");
      },
    });
    await storage.commit([entry]);
    db.todos.update(2, { title: "edited" });
    await expect(saved.flush()).rejects.toThrow("todos/2");
    await isKept(storage, entry);
    await saved.flush();
    expect((await stored(storage, "todos")).get(2)).toEqual({ id: 2, title: "edited" });
    expect(errors).toEqual([expect.stringContaining("todos/2")]);
    await saved.close();
  });
});

test.for<[primaryKey: string, value: unknown, key: number]>([
  ["length", "abc", 3],
  ["length", [7, 8], 2],
  ["0", [1], 1],
  ["size", new Map([[1, 1]]), 1],
])("a property %s of %o is no primary key of a document", async ([primaryKey, value, key]) => {
  const storage = new SqliteStore(new DatabaseSync(":memory:"));
  await storage.commit([{ type: "odd", key, value }]);
  const db = new Ramify().createStore<{ odd: Schema<Record<string, number>, string> }>({
    odd: { primaryKey: primaryKey as never },
  });
  const errors: string[] = [];
  const saved = await persist(db, storage, { onError: (error) => errors.push(String(error)) });
  expect(db.odd.count()).toBe(0);
  expect(errors.length).toBe(1);
  await saved.close();
  expect((await storage.get("odd", key))?.value).toEqual(value);
});

describe("an entry of the storage's own that holds something else", () => {
  const records = [5, null, "2", [2], {}, { version: "2" }, { version: 0 }, { version: {} }];

  test.each(records)("is refused by name as a schema version and kept: %o", async (value) => {
    const storage = new SqliteStore(new DatabaseSync(":memory:"));
    await storage.commit([{ type: "rian.collections", key: "todos", value }]);
    const db = todoStore();
    db.todos.add(whole);
    const opening = persist(db, storage, { version: 2, clock: new TestClock() });
    await expect(opening).rejects.toThrow(
      /Cannot read rian\.collections\/todos: .* is not a schema/,
    );
    expect((await storage.get("rian.collections", "todos"))?.value).toEqual(value);
    expect(db.todos.toArray()).toEqual([whole]);
  });

  const epochs = [5, null, "epoch", [1], {}, { epoch: 7 }, { epoch: {} }];

  test.each(epochs)(
    "is reported and kept as an epoch, and all goes on without: %o",
    async (value) => {
      const storage = new SqliteStore(new DatabaseSync(":memory:"));
      await storage.commit([
        { ...epochEntry, value },
        { type: "todos", key: 1, value: whole },
      ]);
      const [db, errors] = [todoStore(), [] as string[]];
      const saved = await persist(db, storage, { onError: (error) => errors.push(String(error)) });
      expect(db.todos.toArray()).toEqual([whole]);
      db.todos.add({ id: 2, title: "new" });
      await saved.flush();
      db.todos.update(1, { done: true });
      db.lists.clear();
      await saved.close();
      expect([...(await stored(storage, "todos")).keys()]).toEqual([1, 2]);
      expect(errors).toEqual([expect.stringContaining("Cannot read rian.collections/_rian_epoch")]);
      expect((await storage.get(epochEntry.type, epochEntry.key))?.value).toEqual(value);
    },
  );

  test("is reported and kept as an epoch that is damaged while it is used", async () => {
    const database = new DatabaseSync(":memory:");
    const storage = new SqliteStore(database);
    const [db, errors] = [todoStore(), [] as string[]];
    const saved = await persist(db, storage, { onError: (error) => errors.push(String(error)) });
    db.todos.add(whole);
    await saved.flush();
    database.exec(`update "rian.collections" set data = '{', version = 'another'`);
    db.todos.add({ id: 2, title: "new" });
    await saved.flush();
    expect([...(await stored(storage, "todos")).keys()]).toEqual([1, 2]);
    expect(errors).toEqual([expect.stringContaining("Cannot read rian.collections/_rian_epoch")]);
    await saved.close();
  });
});

describe("no name reaches a prototype", () => {
  test("a field called __proto__ is merged like any other", () => {
    const own = (text: string) => JSON.parse(text) as Record<string, unknown>;
    const base = own(`{ "id": 1, "a": 1 }`);
    const mine = own(`{ "id": 1, "a": 1, "__proto__": { "isAdmin": true } }`);
    const theirs = own(`{ "id": 1, "a": 2 }`);
    const { document, lost } = mergeFields({ mine, theirs, base });
    expect(lost).toEqual([]);
    expect(Object.getPrototypeOf(document)).toBe(Object.prototype);
    expect(JSON.stringify(document)).toBe(`{"id":1,"a":2,"__proto__":{"isAdmin":true}}`);
  });

  test("a collection called constructor has the schema version that it is given, or 1", async () => {
    const create = () =>
      new Ramify().createStore<{ constructor: Schema<{ id: number }, "id"> }>({
        constructor: { primaryKey: "id" },
      } as never);
    const storage = new SqliteStore(new DatabaseSync(":memory:"));
    await (await persist(create(), storage, { version: {} })).close();
    await (await persist(create(), storage, { version: { constructor: 2 } as never })).close();
    await expect(persist(create(), storage, { version: {} })).rejects.toThrow("schema version 2");
  });

  test("what another library adds to Object.prototype is no option and no epoch", async () => {
    const polluted = { attempts: 1, epoch: "theirs", storageTimeout: 0 };
    for (const [name, value] of Object.entries(polluted)) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
    }
    onTestFinished(() => {
      for (const name of Object.keys(polluted)) {
        delete (Object.prototype as Record<string, unknown>)[name];
      }
    });
    const storage = new SqliteStore(new DatabaseSync(":memory:"));
    await storage.commit([{ type: "todos", key: 1, value: whole, metadata: { rev: 1 } }]);
    const db = todoStore();
    const saved = await persist(db, storage, { retry: {} });
    db.todos.add({ id: 2, title: "new" });
    await saved.close();
    expect([...(await stored(storage, "todos")).keys()]).toEqual([1, 2]);
    expect(await storage.get("rian.collections", "todos")).toBeUndefined();
  });
});
