import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { DurableObjectBinding } from "../../../adapters/durable-object.ts";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { encodeKey } from "../../../src/persistence/adapter/keys.ts";
import { testAdapter } from "../../../src/testing/mod.ts";
import { damageSql, MappedEverythingStore } from "./everything.ts";
import { storeWideDocuments } from "./wide.ts";

let now = 1_800_000_000_000;
function advance(milliseconds: number): void {
  now += milliseconds;
}

const onD1 = testAdapter("SqliteMappedStore on D1", () => {
  return new MappedEverythingStore(env.DB, { clock: { now: () => now } });
}, {
  advance,
  async corrupt(type, key) {
    await env.DB.prepare(damageSql(type)).bind(encodeKey(key)).run();
  },
});
for (const { name, skip, run } of onD1) test.skipIf(skip)(name, run);

let storage: DurableObjectBinding;
const inObject = testAdapter("SqliteMappedStore in a Durable Object", () => {
  return new MappedEverythingStore(storage, { clock: { now: () => now } });
}, {
  advance,
  corrupt(type, key) {
    storage.sql.exec(damageSql(type), encodeKey(key));
  },
});
for (const { name, skip, run } of inObject) {
  test.skipIf(skip)(name, (context) => {
    const stub = env.STORAGE.get(env.STORAGE.idFromName("mapped"));
    return runInDurableObject(stub, (_, state) => {
      storage = state.storage;
      return run(context);
    });
  });
}

const counts = [3, 85, 95, 250];

test("SqliteMappedStore on D1 takes more properties than a table has columns", async () => {
  for (const [stored, read] of await storeWideDocuments(env.DB, counts)) {
    expect(read).toStrictEqual(stored);
  }
  const columns = await env.DB.prepare("select count(*) as n from pragma_table_info('wides')")
    .first();
  expect(columns).toEqual({ n: 97 });
});

test("SqliteMappedStore on D1 takes as many properties with long names", async () => {
  const names = [64, 200].flatMap((length) => {
    return Array.from({ length: 95 }, (_, n) => `p${n}_`.padEnd(length, "x"));
  });
  const properties = Object.fromEntries(names.map((name) => [name, { type: "number" }]));
  const items = { type: "array", items: { $ref: "#/$defs/LongItem" } };
  const store = new SqliteMappedStore(env.DB, {
    mapping: { Long: { "x-na:store": {} }, LongItem: { "x-na:store": {} } },
    schema: { $defs: { Long: { properties: { items, ...properties } }, LongItem: { properties } } },
  });
  const item = Object.fromEntries(names.map((name, index) => [name, index]));
  const value = { id: "a", ...item, items: [{ id: "x", ...item }] };
  await store.persist("Long", "a", {}, value);
  expect(await store.load("Long", "a")).toStrictEqual(value);
});

test("SqliteMappedStore in a Durable Object takes more properties than a table has columns", async () => {
  const stub = env.STORAGE.get(env.STORAGE.idFromName("wide"));
  await runInDurableObject(stub, async (_, state) => {
    for (const [stored, read] of await storeWideDocuments(state.storage, counts)) {
      expect(read).toStrictEqual(stored);
    }
  });
});

test("a schema that changed may be met by many SqliteMappedStores on one D1 at once", async () => {
  const stores = Array.from({ length: 8 }, (_, index) => {
    const properties = { id: { type: "string" }, [`p${index}`]: { type: "number" } };
    return new SqliteMappedStore(env.DB, {
      mapping: { Changing: { "x-na:store": { entity: "changings" } } },
      schema: { $defs: { Changing: { properties } } },
    });
  });
  for (const round of [1, 2]) {
    await Promise.all(stores.map((store, index) => {
      return store.persist("Changing", `k${index}`, {}, { id: `k${index}`, [`p${index}`]: round });
    }));
    for (const index of stores.keys()) {
      for (const store of stores) {
        const read = await store.load("Changing", `k${index}`);
        expect(read).toStrictEqual({ id: `k${index}`, [`p${index}`]: round });
      }
    }
  }
});
