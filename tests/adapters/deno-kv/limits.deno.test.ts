import { afterAll, describe, expect, test } from "vitest";
import { DenoKvStore } from "../../../adapters/deno-kv.ts";
import type { Write } from "../../../src/persistence/adapter/adapter.ts";
import { countKeys } from "./keys.ts";

const kv = await Deno.openKv(":memory:");
afterAll(() => kv.close());

describe("DenoKvStore", () => {
  test("finds and changes nothing of a type that is too long to be stored", async () => {
    const store = new DenoKvStore(kv, { prefix: ["long"], watch: true });
    const long = "☘".repeat(700);
    expect(await Array.fromAsync(store.list(long))).toEqual([]);
    await store.clear(long);
    store.watch!(long, () => {})();
    await store.close();
  });

  test("lists from a key that is longer than any that is stored", async () => {
    const store = new DenoKvStore(kv, { prefix: ["after"] });
    // The longest that fit; the last character takes one byte, two, or three.
    const longest = "x".repeat(2_000 - "afterNote".length - 3);
    const keys = ["a", longest, `${longest}xyz`, `${longest}é`, `${longest}☘`, "y"];
    await store.commit(keys.map((key) => ({ type: "Note", key, value: 1 })));
    for (const after of [`${longest}xyz0`, `${longest}éé`, `${longest}é☘`, `${longest}😀`]) {
      const forwards = await Array.fromAsync(store.list("Note", { after }));
      expect(forwards.map(({ key }) => key)).toEqual(keys.filter((key) => key > after));
      const backwards = await Array.fromAsync(store.list("Note", { after, reverse: true }));
      expect(backwards.map(({ key }) => key)).toEqual(keys.filter((key) => key < after).reverse());
    }
    expect(await Array.fromAsync(store.list("Note", { after: "z".repeat(9_000) }))).toEqual([]);
  });

  test("counts metadata and long keys before it writes anything", async () => {
    const store = new DenoKvStore(kv, { prefix: ["measured"] });
    const metadata = { numbers: Array.from({ length: 800 }, (_, index) => index / 10) };
    const writes = Array.from({ length: 100 }, (_, key): Write => {
      return { type: "Note", key, value: "x".repeat(6_500), metadata, ifVersion: null };
    });
    await expect(store.commit(writes)).rejects.toMatchObject({ name: "StorageLimitError" });
    expect(await countKeys(kv, ["measured"])).toBe(0);
    await store.commit(writes.map(({ ifVersion: _, ...write }) => write));
    expect(await countKeys(kv, ["measured"])).toBe(100);
    await store.commit([{ type: "Note", key: "full", value: "x".repeat(52_990), metadata }]);
    expect(await store.get("Note", "full")).toMatchObject({ metadata });
    const longKey = "k".repeat(1_500);
    await expect(store.commit([{ type: "Note", key: longKey, value: "x".repeat(780_000 - 2) }]))
      .rejects.toMatchObject({ name: "StorageLimitError" });
  });

  const most = 4_000;
  const kinds: Record<string, unknown> = {
    decimals: Array(Math.floor((most - 1) / 4)).fill(0.1),
    "empty lists": Array.from({ length: (most - 1) / 3 }, () => []),
    "empty objects": Array.from({ length: (most - 1) / 3 }, () => ({})),
    "lists in lists": Array.from({ length: 5 }, () => {
      return Array.from({ length: 398 }).reduce((inner: unknown) => [inner], []);
    }),
    "a text of ASCII": "m".repeat(most - 2),
    "a text of two bytes a character": `☘${"m".repeat(most - 5)}`,
  };
  test.each(Object.entries(kinds))(
    "keeps 4,000 bytes of metadata beside a text of any length: %s",
    async (name, metadata) => {
      const { maxMetadataBytes } = new DenoKvStore(kv).capabilities;
      expect(maxMetadataBytes).toBe(most);
      const bytes = new TextEncoder().encode(JSON.stringify(metadata)).length;
      expect(bytes).toBeGreaterThan(most - 10);
      expect(bytes).toBeLessThanOrEqual(most);
      const store = new DenoKvStore(kv, { prefix: [name] });
      const texts = [0, 48_900, 48_998, 48_999, 51_000, 58_998, 59_100, 118_000, 700_000].flatMap(
        (length) => ["x".repeat(length), "é".repeat(length / 2), "☘".repeat(length / 3)],
      );
      for (const [key, value] of texts.entries()) {
        const [version] = await store.commit([{ type: "Note", key, value, metadata }]);
        const entry = await store.get("Note", key);
        expect(entry?.value === value).toBe(true);
        expect(JSON.stringify(entry!.metadata)).toBe(JSON.stringify(metadata));
        // What the version says of its chunks is what is removed.
        await store.commit([{ type: "Note", key, delete: true, ifVersion: version! }]);
      }
      expect(await countKeys(kv, [name, "Note"])).toBe(0);
      expect(await countKeys(kv, [name, 1] as never)).toBe(0);
    },
  );

  test("refuses anything beyond its limits by name and before it writes", async () => {
    const store = new DenoKvStore(kv, { prefix: ["limits"] });
    const writes: Record<string, Write> = {
      "key bytes": { type: "Note", key: "k".repeat(2_100), value: 1 },
      "metadata bytes": { type: "Note", key: "b", value: 1, metadata: "m".repeat(5_000) },
      "value bytes": { type: "Note", key: "c", value: "v".repeat(800_000) },
    };
    for (const [limit, write] of Object.entries(writes)) {
      const commit = store.commit([{ type: "Note", key: "a", value: 1 }, write]);
      await expect(commit).rejects.toMatchObject({ name: "StorageLimitError", limit });
    }
    expect(await countKeys(kv, ["limits"])).toBe(0);
  });

  test("splits a commit that is too large for one operation unless it is conditional", async () => {
    const store = new DenoKvStore(kv, { prefix: ["splitting"] });
    const value = "x".repeat(50_000);
    const writes = Array.from({ length: 40 }, (_, key): Write => ({ type: "Note", key, value }));
    const conditional = writes.map((write) => ({ ...write, ifVersion: null }));
    await expect(store.commit(conditional)).rejects.toMatchObject({ limit: "bytes per commit" });
    expect(await countKeys(kv, ["splitting"])).toBe(0);
    await store.commit(writes);
    expect(await countKeys(kv, ["splitting"])).toBe(40);
  });

  test.each([
    ["70 types with long names", 70, 500, 1, 10],
    ["100 types with names that are not that long", 100, 300, 1, 10],
    ["30 documents under the longest keys", 30, 4, 1_900, 24_000],
    ["300 documents under long keys", 300, 4, 100, 2_400],
  ])(
    "divides %s as Deno KV counts them, with watchers and without",
    async (_, count, typeLength, keyLength, size) => {
      for (const watch of [false, true]) {
        const store = new DenoKvStore(kv, { prefix: ["counted", crypto.randomUUID()], watch });
        const writes = Array.from({ length: count }, (_, index): Write => ({
          type: typeLength > 4 ? `${index}`.padEnd(typeLength, "t") : "Note",
          key: `${index}`.padEnd(keyLength, "k"),
          value: "x".repeat(size),
        }));
        await store.commit(writes);
        for (const { type, key } of writes) expect(await store.get(type, key)).toBeDefined();
        const conditional = writes.map((write) => ({ ...write, ifVersion: null }));
        const error = await store.commit(conditional).catch((error) => error);
        expect(["ConflictError", "StorageLimitError"]).toContain(error.name);
        await store.close();
      }
    },
  );

  test("stores text of one byte a character that was cut out of a text of two", async () => {
    const store = new DenoKvStore(kv, { prefix: ["cut out"] });
    const cut = (length: number) => `☘${"x".repeat(length)}`.slice(1);
    const writes = Array.from({ length: 70 }, (_, key): Write => {
      return { type: "Note", key, value: { text: cut(9_000), at: new Date(0) }, ifVersion: null };
    });
    await store.commit(writes);
    expect((await store.get("Note", 69))?.value).toEqual({ text: cut(9_000), at: new Date(0) });
    await store.commit([{ type: "Note", key: "a", value: { text: cut(50_000), at: new Date(0) } }]);
    expect(await store.load("Note", "a")).toEqual({ text: cut(50_000), at: new Date(0) });
  });

  test("keeps entries that expire later than Deno KV can count", async () => {
    const store = new DenoKvStore(kv, { prefix: ["late"] });
    for (const ttl of [Number.MAX_SAFE_INTEGER, Number.MAX_VALUE]) {
      const [ifVersion] = await store.commit([{ type: "Note", key: ttl, value: 1, ttl }]);
      await store.commit([{ type: "Note", key: ttl, value: 2, ttl, ifVersion: ifVersion! }]);
      expect((await store.get("Note", ttl))?.value).toBe(2);
    }
  });

  test("counts a NUL in the name of a type as Deno KV does", async () => {
    const store = new DenoKvStore(kv, { prefix: ["NUL"] });
    const type = "\0".repeat(1_500);
    expect(await store.get(type, "a")).toBeUndefined();
    expect(await Array.fromAsync(store.list(type))).toEqual([]);
    await store.clear(type);
    const commit = store.commit([{ type, key: "a", value: 1 }]);
    await expect(commit).rejects.toMatchObject({ name: "StorageLimitError", limit: "key bytes" });
  });
});
