import { afterEach, describe, expect, test, vi } from "vitest";
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import type { Key, Version } from "../../../src/persistence/adapter/adapter.ts";
import { listValues } from "../../../src/testing/case.ts";

let databases = 0;
/** Returns two stores on a new database that holds one note, and the version of that. */
async function openTwo(): Promise<
  { store: IndexedDbStore; other: IndexedDbStore; version: Version }
> {
  const name = `suspend ${databases++}`;
  const [store, other] = [1, 2].map(() => new IndexedDbStore(indexedDB, { name }));
  const [version] = await store!.commit([{ type: "Note", key: "a", value: 1 }]);
  return { store: store!, other: other!, version: version! };
}

const left = {
  name: "AbortError",
  message: expect.stringContaining("the page went away first, so nothing was written"),
};

describe("A suspended IndexedDbStore", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test("has ended the commits and clears that still waited for an answer, and nothing of theirs is written", async () => {
    const { store, other, version } = await openTwo();
    const calls = [
      store.commit([{ type: "Note", key: "a", value: 2, ifVersion: version }]),
      store.commit([
        { type: "Note", key: "b", value: 2 },
        { type: "Note", key: "a", ifVersion: version, check: true },
      ]),
      store.commit([{ type: "Note", key: "c", value: 2, ttl: 1_000 }]),
      store.clear("Note"),
    ];
    store.suspend();
    for (const call of calls) await expect(call).rejects.toMatchObject(left);
    expect(await listValues(other, "Note")).toEqual([["a", 1]]);
    await Promise.all([store.close(), other.close()]);
  });

  test("still stores what was asked without conditions, also in the task that leaves", async () => {
    const { store, other } = await openTwo();
    const commits = [
      store.commit([{ type: "Note", key: "a", value: 2 }, { type: "Note", key: "b", value: 2 }]),
      store.commit([{ type: "Note", key: "c", delete: true }]),
    ];
    store.suspend();
    await Promise.all(commits);
    expect(await listValues(other, "Note")).toEqual([["a", 2], ["b", 2]]);
    await Promise.all([store.close(), other.close()]);
  });

  test("begins no transaction until it is resumed, and then makes the calls that waited", async () => {
    const { store, other, version } = await openTwo();
    await other.commit([{ type: "Kept", key: "k", value: 1 }]);
    const reads = [store.get("Kept", "k"), store.count("Kept"), listValues(store, "Kept")];
    store.suspend();
    const begun = vi.spyOn(IDBDatabase.prototype, "transaction");
    const ended: string[] = [];
    const calls = [
      ...reads,
      store.commit([{ type: "Note", key: "a", value: 2, ifVersion: version }]),
      store.commit([{ type: "Note", key: "b", value: 3 }]),
      store.get("Note", "a"),
      store.clear("Other"),
    ];
    for (const call of calls) void call.then(() => ended.push("one"));
    // In the time that the other store takes, this one would have gone on.
    await other.commit([{ type: "Other", key: "x", value: 1 }]);
    await listValues(other, "Other");
    expect(begun).toHaveBeenCalledTimes(2);
    expect(ended).toEqual([]);
    store.resume();
    const [entry, count, values] = await Promise.all(calls);
    expect(entry).toMatchObject({ key: "k", value: 1 });
    expect([count, values]).toEqual([1, [["k", 1]]]);
    expect(await listValues(other, "Note")).toEqual([["a", 2], ["b", 3]]);
    expect(await other.count("Other")).toBe(0);
    await Promise.all([store.close(), other.close()]);
  });

  test("waits although the database opens only then", async () => {
    const store = new IndexedDbStore(indexedDB, { name: "suspend opening" });
    const begun = vi.spyOn(IDBDatabase.prototype, "transaction");
    const commit = store.commit([{ type: "Note", key: "a", value: 1 }]);
    store.suspend();
    const other = new IndexedDbStore(indexedDB, { name: "suspend opening" });
    expect(await other.load("Note", "a")).toBeNull();
    // Each store looks at the database once, and the other one has read.
    expect(begun).toHaveBeenCalledTimes(3);
    store.resume();
    await commit;
    expect(await other.load("Note", "a")).toBe(1);
    await Promise.all([store.close(), other.close()]);
  });

  test("goes on with a list where it was", async () => {
    const { store, other } = await openTwo();
    await store.commit(
      Array.from({ length: 300 }, (_, key) => ({ type: "Many", key, value: key })),
    );
    const keys: Key[] = [];
    for await (const { key } of store.list("Many")) {
      keys.push(key);
      if (key === 10) {
        store.suspend();
        setTimeout(() => store.resume());
      }
    }
    expect(keys).toEqual(Array.from({ length: 300 }, (_, key) => key));
    await Promise.all([store.close(), other.close()]);
  });

  test("hears other tabs again once it is resumed", async () => {
    const { store, other } = await openTwo();
    const heard: Key[] = [];
    store.watch("Note", (keys) => heard.push(...keys));
    store.suspend();
    await other.commit([{ type: "Note", key: "missed", value: 1 }]);
    store.resume();
    await other.commit([{ type: "Note", key: "heard", value: 1 }]);
    await expect.poll(() => heard).toEqual(["heard"]);
    await Promise.all([store.close(), other.close()]);
  });

  test("can be closed, which refuses the calls that wait", async () => {
    const { store, other } = await openTwo();
    store.suspend();
    const calls = [store.get("Note", "a"), store.commit([{ type: "Note", key: "a", value: 2 }])];
    const refused = Promise.all(calls.map((call) => {
      return expect(call).rejects.toThrow("the adapter was closed while the page was away");
    }));
    await store.close();
    await refused;
    expect(await other.load("Note", "a")).toBe(1);
    await other.close();
  });
});

test("IndexedDbStore names its database as its journal", () => {
  expect(new IndexedDbStore(indexedDB).journal).toEqual({ name: "rian" });
  expect(new IndexedDbStore(indexedDB, { name: "mine" }).journal).toEqual({ name: "mine" });
});
