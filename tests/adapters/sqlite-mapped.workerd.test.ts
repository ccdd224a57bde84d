import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { DurableObjectBinding } from "../../adapters/durable-object.ts";
import { encodeKey } from "../../src/persistence/keys.ts";
import { testAdapter } from "../../src/persistence/testing/mod.ts";
import { damageSql, MappedEverythingStore } from "./mapped-everything.ts";
import { storeWideDocuments } from "./sqlite-mapped-wide.ts";

let now = 1_800_000_000_000;
function advance(milliseconds: number): void {
  now += milliseconds;
}

const onD1 = testAdapter("SqliteMappedStore on D1", () => {
  return new MappedEverythingStore(env.DB, { now: () => now });
}, {
  advance,
  async corrupt(type, key) {
    await env.DB.prepare(damageSql(type)).bind(encodeKey(key)).run();
  },
});
for (const { name, skip, run } of onD1) test.skipIf(skip)(name, run);

let storage: DurableObjectBinding;
const inObject = testAdapter("SqliteMappedStore in a Durable Object", () => {
  return new MappedEverythingStore(storage, { now: () => now });
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

test("SqliteMappedStore in a Durable Object takes more properties than a table has columns", async () => {
  const stub = env.STORAGE.get(env.STORAGE.idFromName("wide"));
  await runInDurableObject(stub, async (_, state) => {
    for (const [stored, read] of await storeWideDocuments(state.storage, counts)) {
      expect(read).toStrictEqual(stored);
    }
  });
});
