import { beforeEach, describe, expect, test } from "vitest";
import { LocalStorageStore } from "../../../adapters/local-storage.ts";
import { listAll, listValues } from "../../../src/testing/case.ts";

beforeEach(() => localStorage.clear());

let now = 1_800_000_000_000;
function open(): LocalStorageStore {
  return new LocalStorageStore(localStorage, { clock: { now: () => now } });
}

describe("the room in localStorage", () => {
  const half = "x".repeat(2_500_000);

  test("that expired entries of any type take is given to what is written", async () => {
    const store = open();
    await store.commit([{ type: "Draft", key: "a", value: half, ttl: 1_000 }]);
    await store.commit([{ type: "Note", key: "kept", value: 1, ttl: 10_000 }]);
    localStorage.setItem("rian/Draft/foreign", "not ours");
    now += 1_000;
    await open().commit([{ type: "Note", key: "b", value: half }, {
      ...{ type: "Note", key: "c", value: half.slice(0, 2_000_000) },
    }]);
    expect(await store.load("Note", "b")).toBe(half);
    const names = Array.from(
      { length: localStorage.length },
      (_, index) => localStorage.key(index),
    );
    expect(names.sort()).toEqual([
      "rian/Draft/foreign",
      "rian/Note/b",
      "rian/Note/c",
      "rian/Note/kept",
    ]);
  });

  test("is enough for a commit that fits in the end, whatever comes first in it", async () => {
    const store = open();
    const [large, larger] = ["y".repeat(2_000_000), "z".repeat(4_500_000)];
    await store.commit([1, 2].map((key) => ({ type: "Note", key, value: half })));
    await store.commit([
      { type: "Note", key: 3, value: large },
      { type: "Note", key: 1, delete: true },
    ]);
    expect(await listValues(store, "Note")).toEqual([[2, half], [3, large]]);
    const versions = await store.commit([
      { type: "Note", key: 2, value: larger },
      { type: "Note", key: 3, value: "small" },
    ]);
    expect(await listValues(store, "Note")).toEqual([[2, larger], [3, "small"]]);
    expect(versions).toEqual([
      (await store.get("Note", 2))!.version,
      (await store.get("Note", 3))!.version,
    ]);
    const before = { ...localStorage };
    const commit = store.commit([
      { type: "Note", key: 3, delete: true },
      { type: "Note", key: 4, value: large },
    ]);
    await expect(commit).rejects.toThrow("has no room for 2,000,002 more");
    expect({ ...localStorage }).toEqual(before);
  });

  test("is not taken from expired entries of another application", async () => {
    const other = new LocalStorageStore(localStorage, {
      prefix: "other",
      clock: { now: () => now },
    });
    await other.commit([{ type: "Note", key: "a", value: half, ttl: 1_000 }]);
    now += 1_000;
    const commit = open().commit([1, 2].map((key) => ({ type: "Note", key, value: half })));
    await expect(commit).rejects.toMatchObject({
      name: "StorageLimitError",
      limit: "storage characters",
    });
    expect(localStorage.length).toBe(1);
  });

  test("that an expired entry takes is free once its writer finds it expired", async () => {
    const store = open();
    await store.commit([1, 2].map((key) => ({ type: "Note", key, value: half, ttl: 1_000 })));
    now += 1_000;
    const reader = open();
    expect(await reader.get("Note", 1)).toBeUndefined();
    expect(localStorage.length, "who only reads removes nothing").toBe(2);
    expect(await store.get("Note", 1)).toBeUndefined();
    expect(localStorage.length).toBe(1);
    expect(await listAll(store, "Note")).toEqual([]);
    expect(localStorage.length).toBe(0);
  });

  test("that an expired entry takes is free once it is written over, also by a first write", async () => {
    const store = open();
    await store.commit([{ type: "Note", key: "a", value: half, ttl: 1_000 }]);
    now += 1_000;
    const commit = open().commit([{ type: "Note", key: "a", value: 1, ifVersion: null }]);
    await expect(commit).resolves.toHaveLength(1);
    expect(localStorage.getItem("rian/Note/a")!.length).toBeLessThan(100);
  });

  test("takes a document of maxValueBytes, whatever its characters", async () => {
    const { maxValueBytes } = open().capabilities;
    for (const character of ["x", "é", "☘", "😀"]) {
      const { length } = new TextEncoder().encode(character);
      const value = character.repeat(Math.floor((maxValueBytes - 2) / length));
      await open().commit([{ type: "Note", key: "a", value }]);
      expect(await open().load("Note", "a") === value).toBe(true);
    }
  });

  test("that is full in a frame is reported as in the page", async () => {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    const store = new LocalStorageStore(frame.contentWindow!.localStorage);
    const writes = [1, 2, 3].map((key) => ({ type: "Note", key, value: half }));
    await expect(store.commit(writes)).rejects.toMatchObject({
      name: "StorageLimitError",
      message: expect.stringContaining("has no room for 7,500,006 more; delete something first"),
    });
    frame.remove();
  });
});

describe("prefixes of localStorage", () => {
  test("that begin alike, or hold slashes, have no entry in common", async () => {
    const prefixes = ["app", "app:x", "app/", "app/Note", "app%2FNote", "", "/"];
    const stores = prefixes.map((prefix) => new LocalStorageStore(localStorage, { prefix }));
    const types = ["Note", ":xNote", "x", "/Note", "Note/Note"];
    for (const [index, store] of stores.entries()) {
      await store.commit(types.map((type) => ({ type, key: "Note/a", value: index })));
    }
    for (const [index, store] of stores.entries()) {
      for (const type of types) {
        const values = await listValues(store, type);
        expect(values).toEqual([["Note/a", index]]);
      }
    }
    for (const type of types) await stores[0]!.clear(type);
    expect(localStorage.length).toBe((prefixes.length - 1) * types.length);
  });
});

describe("damaged entries of localStorage", () => {
  test("are named, also where their names are no keys, and neither hide others nor block writes", async () => {
    const store = open();
    await store.commit(["a", "b", "c"].map((key) => ({ type: "Note", key, value: key })));
    localStorage.setItem("rian/Note/!foreign", "not ours");
    localStorage.setItem("rian/Note/b", '{"format":1,"version":"v","expires":"soon"}\n1');
    const errors: [unknown, string][] = [];
    const entries = await listAll(store, "Note", {
      onUnreadable: ({ key, message }) => errors.push([key, message]),
    });
    expect(entries.map(({ key }) => key)).toEqual(["a", "c"]);
    expect(errors).toEqual([
      [undefined, expect.stringContaining("Cannot read Note/!foreign: it is not stored")],
      ["b", expect.stringContaining("Cannot read Note/b: the first line of its record is damaged")],
    ]);
    await expect(store.get("Note", "b")).rejects.toMatchObject({ name: "UnreadableEntryError" });
    for (const ifVersion of [null, "v"]) {
      const commit = store.commit([{ type: "Note", key: "b", value: 2, ifVersion }]);
      await expect(commit).rejects.toMatchObject({ name: "ConflictError" });
    }
    await store.commit([{ type: "Note", key: "b", value: "repaired" }]);
    expect(await store.load("Note", "b")).toBe("repaired");
    await store.clear("Note");
    expect(localStorage.length).toBe(0);
  });
});
