import { expect } from "vitest";
import type { Adapter, Version } from "../../../src/persistence/adapter/adapter.ts";

const long = "x".repeat(700_000);

/** Shows that a living store works on a storage that `empty` empties under it, whatever is called first. */
export async function expectToWorkWhenEmptied(
  store: Adapter,
  empty: () => Promise<void>,
): Promise<void> {
  const keys = async () => {
    const found: unknown[] = [];
    for await (const { key } of store.list("Note")) found.push(key);
    return found;
  };
  const put = (key: string, value: unknown, ifVersion?: Version | null) =>
    store.commit([{ type: "Note", key, value, ...ifVersion !== undefined && { ifVersion } }]);
  const calls: Record<string, () => Promise<unknown>> = {
    get: () => store.get("Note", "a"),
    list: keys,
    clear: () => store.clear("Note"),
    put: () => put("a", 1),
    "put of a long document": () => put("a", long),
    "put with ifVersion null": () => put("a", 1, null),
    "put with a ttl": () => store.commit([{ type: "Note", key: "a", value: 1, ttl: 60_000 }]),
    delete: () => store.commit([{ type: "Note", key: "a", delete: true }]),
    "several writes": () =>
      store.commit(["a", "b"].map((key) => ({ type: "Note", key, value: 1, ifVersion: null }))),
  };
  for (const [name, call] of Object.entries(calls)) {
    await put("a", "before");
    const [version] = await put("long", long);
    await empty();
    await call();
    await empty();
    expect(await store.get("Note", "long"), name).toBeUndefined();
    expect(await keys(), name).toEqual([]);
    await expect(put("long", "stale", version!), name).rejects.toThrow(
      expect.objectContaining({ name: "ConflictError" }),
    );
    await expect(
      store.commit([{ type: "Note", key: "long", ifVersion: version!, delete: true }]),
      name,
    ).rejects.toMatchObject({ name: "ConflictError" });
    await put("long", long, null);
    await put("long", "short");
    expect(await store.load("Note", "long"), name).toBe("short");
    expect(await keys(), name).toEqual(["long"]);
    await store.clear("Note");
  }
}
