import { beforeEach, describe, expect, test } from "vitest";
import { LocalStorageStore } from "../../../adapters/local-storage.ts";
import type { Key } from "../../../src/persistence/adapter/adapter.ts";
import { listValues } from "../../../src/testing/case.ts";

beforeEach(() => localStorage.clear());

describe("localStorage that is cleared under a store", () => {
  test("is empty for every call, and takes writes as a new one does", async () => {
    const store = new LocalStorageStore(localStorage, { events: window });
    const [version] = await store.commit([
      { type: "Note", key: "a", value: 1 },
      { type: "Note", key: "b", value: 2, ttl: 60_000 },
    ]);
    localStorage.clear();
    expect(await store.get("Note", "a")).toBeUndefined();
    expect(await store.count("Note")).toBe(0);
    expect(await listValues(store, "Note")).toEqual([]);
    await store.clear("Note");
    const stale = store.commit([{ type: "Note", key: "a", value: 3, ifVersion: version! }]);
    await expect(stale).rejects.toMatchObject({ name: "ConflictError", key: "a" });
    const check = { type: "Note", key: "a", ifVersion: version!, check: true } as const;
    await expect(store.commit([check])).rejects.toMatchObject({ name: "ConflictError" });
    expect(localStorage.length).toBe(0);
    await store.commit([{ type: "Note", key: "a", value: 3, ifVersion: null }]);
    expect(await listValues(store, "Note")).toEqual([["a", 3]]);
    await store.close();
  });

  test("has all of its room again", async () => {
    const store = new LocalStorageStore(localStorage);
    const most = "x".repeat(4_900_000);
    await store.commit([{ type: "Note", key: "a", value: most }]);
    const full = store.commit([{ type: "Note", key: "b", value: most }]);
    await expect(full).rejects.toMatchObject({ name: "StorageLimitError" });
    localStorage.clear();
    await store.commit([{ type: "Note", key: "b", value: most }]);
    expect(await store.count("Note")).toBe(1);
    expect(await store.load("Note", "b") === most).toBe(true);
    await store.close();
  });

  test("ends a list that is being read with the page that was there", async () => {
    const store = new LocalStorageStore(localStorage);
    await store.commit(
      Array.from({ length: 500 }, (_, key) => ({ type: "Note", key, value: "x".repeat(100) })),
    );
    const keys: Key[] = [];
    for await (const { key } of store.list("Note")) {
      if (keys.push(key) === 3) localStorage.clear();
    }
    expect(keys).toEqual(Array.from({ length: keys.length }, (_, key) => key));
    expect(keys.length).toBeLessThan(500);
    await store.close();
  });

  test("by the same tab and then by another one is heard with what was there, and new keys are heard once", async () => {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    const store = new LocalStorageStore(localStorage, { events: window });
    await store.commit([{ type: "Heard", key: "old", value: 1 }]);
    const heard: Key[] = [];
    store.watch("Heard", (keys) => heard.push(...keys));
    localStorage.clear();
    await store.commit([{ type: "Heard", key: "new", value: 1 }]);
    await expect.poll(() => heard).toEqual(["new"]);
    frame.contentWindow!.localStorage.clear();
    await expect.poll(() => [...new Set(heard)].sort()).toEqual(["new", "old"]);
    heard.length = 0;
    await store.commit([{ type: "Heard", key: "newer", value: 1 }]);
    await expect.poll(() => heard).toEqual(["newer"]);
    await store.close();
    frame.remove();
  });
});
