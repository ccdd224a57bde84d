import { afterEach, describe, expect, test } from "vitest";
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import { StorageLimitError } from "../../../src/persistence/adapter/errors.ts";

function create(name: string, version: number, upgrade: (database: IDBDatabase) => void) {
  return new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open(name, version);
    opening.onupgradeneeded = () => upgrade(opening.result);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

describe("A database of another application under our name", () => {
  test.each<[string, number, (database: IDBDatabase) => void]>([
    ["of a later version", 3, () => {}],
    ["with other object stores", 1, (database) => database.createObjectStore("todos")],
    ["with an object store of our name", 1, (database) => database.createObjectStore("entries")],
  ])("is refused by name and left as it is (%s)", async (kind, version, upgrade) => {
    const name = `foreign ${kind}`;
    (await create(name, version, upgrade)).close();
    const store = new IndexedDbStore(indexedDB, { name });
    const message = `Cannot open IndexedDB: the database ${name} was made by another application`;
    await expect(store.load("Note", "a")).rejects.toThrow(message);
    await expect(store.persist("Note", "a", {}, 1)).rejects.toThrow(message);
    await store.close();
    const database = await create(name, version, () => {});
    expect(database.version).toBe(version);
    database.close();
  });
});

test("Rows that no store has written are told of one by one, and the others can be read", async () => {
  const store = new IndexedDbStore(indexedDB, { name: "foreign rows" });
  await store.commit(["a", "b"].map((key) => ({ type: "Note", key, value: key })));
  const database = await create("foreign rows", 1, () => {});
  const transaction = database.transaction("entries", "readwrite");
  const entries = transaction.objectStore("entries");
  entries.put({ type: "Note", id: new Uint8Array([0x61]) });
  entries.put({ type: "Note", id: 7, text: "1", format: 1, version: "1" });
  entries.put({ type: "Note", id: "!n", text: "1", format: 1, version: "1" });
  entries.put({ type: "Note", id: "a1", text: 5, format: 1, version: "1" });
  entries.put({ type: "Note", id: "a2", text: "1", format: 1, long: "x" });
  entries.put({
    ...{ type: "Note", id: "a3", text: "1", format: 1, version: "1" },
    expires: "soon",
  });
  await new Promise((resolve) => transaction.oncomplete = resolve);
  database.close();
  for (const reverse of [false, true]) {
    const [keys, errors]: [unknown[], string[]] = [[], []];
    const onUnreadable = ({ message }: Error) => errors.push(message);
    for await (const { key } of store.list("Note", { reverse, onUnreadable })) keys.push(key);
    expect(keys).toEqual(reverse ? ["b", "a"] : ["a", "b"]);
    expect(errors).toHaveLength(6);
    for (const error of errors) expect(error).toMatch(/^Cannot read Note\//);
  }
  await store.commit([{ type: "Note", key: "a1", value: "repaired" }]);
  expect(await store.load("Note", "a1")).toBe("repaired");
  await store.clear("Note");
  expect(await store.count("Note")).toBe(0);
  await store.close();
});

test("A key that the browser cannot hold is refused by name before anything is written", async () => {
  const store = new IndexedDbStore(indexedDB, { name: "long keys" });
  const longest = "k".repeat(1_000_000 - "Note".length);
  // Of two bytes a character, because of the first one.
  const value = `☘${"x".repeat(59_999_990)}`;
  await store.commit([{ type: "Note", key: longest, value }]);
  expect(await store.load("Note", longest) === value).toBe(true);
  const longer = { type: "Note", key: "k".repeat(45_000_000), value: 1 };
  const commit = store.commit([{ type: "Note", key: "a", value: 1 }, longer]);
  await expect(commit).rejects.toMatchObject({ name: "StorageLimitError", limit: "key bytes" });
  expect(await store.count("Note")).toBe(1);
  await store.clear("Note");
  await store.close();
});

describe("A browser that gives no more room", () => {
  const { put } = IDBObjectStore.prototype;
  afterEach(() => {
    IDBObjectStore.prototype.put = put;
  });

  test("makes a commit fail by name, and what is there stays", async () => {
    const store = new IndexedDbStore(indexedDB, { name: "quota" });
    await store.persist("Note", "a", {}, 1);
    // A quota cannot be set from within a page, nor a disk filled.
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("Quota exceeded.", "QuotaExceededError");
    };
    const error = await store.persist("Note", "a", {}, "x".repeat(5_000)).catch((error) => error);
    expect(error).toBeInstanceOf(StorageLimitError);
    expect(error).toMatchObject({ limit: "storage quota", actual: 5_002 });
    expect(error.message).toContain("no room for 5,002 more characters; delete something first");
    IDBObjectStore.prototype.put = put;
    expect(await store.load("Note", "a")).toBe(1);
    await store.close();
  });
});
