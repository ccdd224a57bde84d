import { expect } from "vitest";
import type { Adapter } from "../../../src/persistence/adapter/adapter.ts";

/** What another library may leave on every object: names that platforms read as options of their calls. */
const pollution: Readonly<Record<string, unknown>> = {
  extend: () => "of another library",
  limit: 1,
  after: "b",
  batchSize: 1,
  expirationTtl: 60,
  expiration: 1,
  expireIn: 1,
  consistency: "eventual",
  cursor: "inherited",
};

/** Shows that a store does the same when `Object.prototype` holds names of options. */
export async function expectToIgnorePollution(
  open: () => Adapter,
  { canCompare = true }: { readonly canCompare?: boolean } = {},
): Promise<void> {
  const before = await use(open(), canCompare, "Clean");
  const names = Object.keys(pollution);
  for (const name of names) {
    Object.defineProperty(Object.prototype, name, {
      value: pollution[name],
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  let after: unknown;
  try {
    after = JSON.stringify(await use(open(), canCompare, "Polluted"));
  } finally {
    for (const name of names) delete (Object.prototype as Record<string, unknown>)[name];
  }
  expect(after).toBe(JSON.stringify(before));
}

/** Returns what calls of all kinds return, without what differs each time. */
async function use(store: Adapter, canCompare: boolean, type: string): Promise<unknown[]> {
  const seen: unknown[] = [];
  const all = { after: undefined, limit: Infinity };
  const keys = ["a", "b", "c", "d"];
  await store.commit(keys.map((key) => ({ type, key, value: { key, list: [1, { deep: true }] } })));
  const [version] = await store.commit([{ type, key: "a", value: new Map([["a", 1]]) }]);
  if (canCompare) {
    await store.commit([{ type, key: "a", value: { again: 1 }, ifVersion: version! }]);
    await store.commit([{ type, key: "e", value: 1, ifVersion: null }]);
    const stale = store.commit([{ type, key: "a", value: 2, ifVersion: version! }]);
    seen.push(await stale.catch((error: Error) => error.name));
  }
  await store.commit([{ type, key: "b", delete: true }]);
  await store.commit([{ type, key: "long", value: "x".repeat(150_000), metadata: { rev: 1 } }]);
  for (const key of [...keys, "long"]) {
    const entry = await store.get(type, key);
    seen.push(
      entry && [entry.key, entry.value, Object.hasOwn(entry, "metadata") && entry.metadata],
    );
  }
  const listed: unknown[] = [];
  for await (const { key } of store.list(type, all)) listed.push(key);
  for await (const { key } of store.list(type, { ...all, limit: 2 })) listed.push(key);
  await store.clear(type);
  for await (const { key } of store.list(type, all)) listed.push(key);
  return [...seen, listed];
}
