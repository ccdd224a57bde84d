import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { test } from "vitest";
import type { DurableObjectBinding } from "../../adapters/durable-object.ts";
import { testAdapter } from "../../src/persistence/testing/mod.ts";
import { MappedEverythingStore } from "./mapped-everything.ts";

let now = 1_800_000_000_000;
const options = {
  advance: (milliseconds: number) => {
    now += milliseconds;
  },
};

const onD1 = testAdapter("SqliteMappedStore on D1", () => {
  return new MappedEverythingStore(env.DB, { now: () => now });
}, options);
for (const { name, skip, run } of onD1) test.skipIf(skip)(name, run);

let storage: DurableObjectBinding;
const inObject = testAdapter("SqliteMappedStore in a Durable Object", () => {
  return new MappedEverythingStore(storage, { now: () => now });
}, options);
for (const { name, skip, run } of inObject) {
  test.skipIf(skip)(name, (context) => {
    const stub = env.STORAGE.get(env.STORAGE.idFromName("mapped"));
    return runInDurableObject(stub, (_, state) => {
      storage = state.storage;
      return run(context);
    });
  });
}
