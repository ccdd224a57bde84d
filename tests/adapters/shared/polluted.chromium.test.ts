import { afterEach, expect, test } from "vitest";
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import { LocalStorageStore } from "../../../adapters/local-storage.ts";
import type { Adapter, PutWrite } from "../../../src/persistence/adapter/adapter.ts";
import { own } from "../../../src/shared/own.ts";

/** What another library has left on every object. */
const inherited: Readonly<Record<string, unknown>> = {
  evil() {},
  ttl: 1,
  ifVersion: "inherited",
  limit: 0,
  after: ["z"],
  before: ["a"],
  version: "inherited",
  expires: 1,
  metadata: "inherited",
  long: 1,
  prefix: "inherited",
};

afterEach(() => {
  for (const name of Object.keys(inherited)) Reflect.deleteProperty(Object.prototype, name);
});

/** A put that inherits nothing, so only what lies below the base of the adapters is tested. */
function put(key: string, parts: Partial<PutWrite> = {}): PutWrite {
  return own({ type: "Note", key, value: key, ...parts });
}

test.each<[name: string, open: () => Adapter]>([
  ["IndexedDB", () => new IndexedDbStore(indexedDB, { name: "polluted" })],
  ["localStorage", () => new LocalStorageStore(localStorage, { prefix: "polluted" })],
])("what every object inherits is not taken for a part of what %s stores", async (_, open) => {
  const store = open();
  const [version] = await store.commit([put("a"), put("b", { metadata: { rev: 1 } })]);
  Object.assign(Object.prototype, inherited);
  const found = [];
  for await (const { key, value, version, ...others } of store.list("Note", own({}))) {
    found.push([key, value, typeof version, Object.hasOwn(others, "metadata")]);
  }
  const count = await store.count!("Note");
  const entry = await store.get("Note", "a");
  const conditional = await store.commit([
    put("a", { value: 2, ifVersion: version!, version: "mine" }),
    put("c", { ifVersion: null }),
  ]);
  const after = await store.get("Note", "a");
  await store.clear("Note");
  const left = await store.count!("Note");
  const parts = Object.keys(entry ?? {});
  for (const name of Object.keys(inherited)) Reflect.deleteProperty(Object.prototype, name);
  expect(found).toEqual([["a", "a", "string", false], ["b", "b", "string", true]]);
  expect([count, left]).toEqual([2, 0]);
  expect([entry?.version, parts]).toEqual([version, ["key", "value", "version"]]);
  expect([conditional[0], after?.version, after?.value]).toEqual(["mine", "mine", 2]);
  await store.close();
});
