import { describe, expect, test } from "vitest";
import { D1Store } from "../../../adapters/cloudflare-d1.ts";
import { CloudflareKvStore } from "../../../adapters/cloudflare-kv.ts";
import { DenoKvStore } from "../../../adapters/deno-kv.ts";
import { DurableObjectStore } from "../../../adapters/durable-object.ts";
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import { LocalStorageStore } from "../../../adapters/local-storage.ts";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import type { Adapter } from "../../../src/persistence/adapter/adapter.ts";

type Source = Adapter["source"];

/** Sources are compared without a call, so an object that has every method can stand for any storage. */
function storage<Binding>(): Binding {
  const method = Object.assign(() => {}, { exec() {} });
  // It is awaited, and is no promise.
  const get = (_: object, name: PropertyKey) => name === "then" ? undefined : method;
  return new Proxy({ batch() {} }, { get }) as Binding;
}

async function sourceIn(adapter: Adapter): Promise<Source> {
  await adapter.close();
  return adapter.source;
}

function mapped(database: ConstructorParameters<typeof SqliteMappedStore>[0]): SqliteMappedStore {
  return new SqliteMappedStore(database, { mapping: {}, schema: {} });
}

type Part = readonly [named: string, open: (binding: never) => Adapter];

// For each kind of storage, adapters of which no two hold the same entries.
const parts: readonly (readonly Part[])[] = [
  [
    ["D1Store", (binding) => new D1Store(binding)],
    ["SqliteMappedStore", (binding) => mapped(binding)],
  ],
  [["DurableObjectStore", (binding) => new DurableObjectStore(binding)]],
  [["SqliteStore", (binding) => new SqliteStore(binding)]],
  [
    ["CloudflareKvStore", (binding) => new CloudflareKvStore(binding)],
    ["CloudflareKvStore, prefix a", (binding) => new CloudflareKvStore(binding, { prefix: "a" })],
  ],
  [
    ["DenoKvStore", (binding) => new DenoKvStore(binding)],
    ["DenoKvStore, prefix a", (binding) => new DenoKvStore(binding, { prefix: ["a"] })],
    ["DenoKvStore, prefix a, b", (binding) => new DenoKvStore(binding, { prefix: ["a", "b"] })],
    ["DenoKvStore, prefix a,b", (binding) => new DenoKvStore(binding, { prefix: ["a,b"] })],
  ],
  [
    ["IndexedDbStore", (binding) => new IndexedDbStore(binding)],
    ["IndexedDbStore, name a", (binding) => new IndexedDbStore(binding, { name: "a" })],
  ],
  [
    ["LocalStorageStore", (binding) => new LocalStorageStore(binding)],
    ["LocalStorageStore, prefix a", (binding) => new LocalStorageStore(binding, { prefix: "a" })],
    ["LocalStorageStore, prefix a/", (binding) => new LocalStorageStore(binding, { prefix: "a/" })],
  ],
];

describe.each(parts.map((ofStorage) => [ofStorage.map(([named]) => named).join(" · "), ofStorage]))(
  "the source of %s",
  (_, ofStorage) => {
    test("is the same for adapters that hold the same entries", async () => {
      for (const [, open] of ofStorage as readonly Part[]) {
        const binding = storage<never>();
        const source = await sourceIn(open(binding));
        expect(source).toBeTypeOf("object");
        expect(await sourceIn(open(binding))).toBe(source);
      }
    });

    test("is another one for any other storage or prefix", async () => {
      const sources = new Set<Source>();
      const bindings = [storage<never>(), storage<never>()];
      for (const binding of bindings) {
        for (const [, open] of ofStorage as readonly Part[]) {
          sources.add(await sourceIn(open(binding)));
        }
      }
      expect(sources.size).toBe(bindings.length * ofStorage.length);
    });
  },
);

describe("the source of a SQLite file", () => {
  test("is its path, apart for documents in ordinary tables", async () => {
    const sources = [new SqliteStore("app.sqlite"), new SqliteStore("app.sqlite")].map(sourceIn);
    expect(await Promise.all(sources)).toEqual(["sqlite:app.sqlite", "sqlite:app.sqlite"]);
    expect(await sourceIn(mapped("app.sqlite"))).toBe("sqlite:app.sqlite#mapped");
  });

  test.each([":memory:", "file::memory:", "file:a?mode=memory&cache=shared"])(
    "is not there for %j, which is in memory",
    async (path) => {
      expect(await sourceIn(new SqliteStore(path))).toBeUndefined();
      expect(await sourceIn(mapped(path))).toBeUndefined();
    },
  );
});
