import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { CloudflareKvStore, type KvBinding } from "../../../adapters/cloudflare-kv.ts";
import type { Key } from "../../../src/persistence/adapter/adapter.ts";
import { encodeKey } from "../../../src/persistence/adapter/keys.ts";
import { testAdapter } from "../../../src/testing/mod.ts";

let now = 1_800_000_000_000;
const cases = testAdapter("CloudflareKvStore", () => {
  return new CloudflareKvStore(env.KV, { clock: { now: () => now } });
}, {
  advance: (milliseconds) => {
    now += milliseconds;
  },
  corrupt: (type, key) => env.KV.put(`rian/${type}/${encodeKey(key)}`, "nothing of ours"),
});
for (const { name, skip, run } of cases) test.skipIf(skip)(name, run);

describe("CloudflareKvStore", () => {
  test("refuses env.MISSPELT, which the Worker does not have, as soon as it is made", () => {
    const { MISSPELT } = env as unknown as { MISSPELT: KvBinding };
    expect(() => new CloudflareKvStore(MISSPELT)).toThrow("under kv_namespaces");
  });

  test("keeps documents under names that people can read", async () => {
    const store = new CloudflareKvStore(env.KV, { prefix: "named", createVersion: () => "v1" });
    await store.commit([{
      type: "TodoList",
      key: "my-list",
      value: { n: 1 },
      metadata: { rev: 2 },
    }]);
    expect(await env.KV.get("named/TodoList/my-list")).toBe(
      '{"format":1,"version":"v1","metadata":{"rev":2}}\n{"n":1}',
    );
  });

  test("finds nothing of a type, or after a key, that is too long for a name in KV", async () => {
    const store = new CloudflareKvStore(env.KV, { prefix: "too long" });
    const long = "é".repeat(300);
    await store.commit(["a", "é", "é0", "ê"].map((key) => ({ type: "Note", key, value: 1 })));
    const keys: Key[] = [];
    for await (const { key } of store.list(long)) keys.push(key);
    for await (const { key } of store.list("Note", { after: long })) keys.push(key);
    expect(keys).toEqual(["ê"]);
    await store.clear(long);
  });

  test("lets KV remove expired entries, after a minute at the earliest", async () => {
    const store = new CloudflareKvStore(env.KV, { prefix: "expiring" });
    await store.commit([{ type: "Note", key: "a", value: 1, ttl: 1 }]);
    const { keys } = await env.KV.list({ prefix: "expiring" });
    // A shorter time would have been refused by KV.
    expect(keys[0]!.expiration).toBeDefined();
  });

  test("keeps entries that expire later than KV can count", async () => {
    const store = new CloudflareKvStore(env.KV, { prefix: "late" });
    for (const ttl of [2 ** 31 * 1_000, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE]) {
      await store.commit([{ type: "Note", key: ttl, value: 1, ttl }]);
      expect((await store.get("Note", ttl))?.value).toBe(1);
    }
  });

  test("names the entry whose record is damaged, and reads the others", async () => {
    const store = new CloudflareKvStore(env.KV, { prefix: "damaged" });
    await store.commit(["a", "b", "c"].map((key) => ({ type: "Note", key, value: { key } })));
    const record = await env.KV.get("damaged/Note/b");
    for (
      const damaged of ["", "{}", "nothing of ours", record!.slice(0, 20), record!.slice(0, -1)]
    ) {
      await env.KV.put("damaged/Note/b", damaged);
      await expect(store.get("Note", "b")).rejects.toMatchObject({
        name: "UnreadableEntryError",
        key: "b",
      });
    }
    expect(await store.load("Note", "c")).toEqual({ key: "c" });
  });

  test("refuses a key that is longer than KV's names before writing anything", async () => {
    const store = new CloudflareKvStore(env.KV, { prefix: "long" });
    const commit = store.commit([
      { type: "Note", key: "a", value: 1 },
      { type: "Note", key: "☘".repeat(170), value: 1 },
    ]);
    await expect(commit).rejects.toMatchObject({ limit: "key bytes", allowed: 512 });
    expect((await env.KV.list({ prefix: "long" })).keys).toEqual([]);
  });

  test("reads 1,500 documents of 20 kB without asking for too much at once", async () => {
    const store = new CloudflareKvStore(env.KV, { prefix: "many" });
    const text = "x".repeat(20_000);
    const writes = Array.from({ length: 1_500 }, (_, key) => ({ type: "Note", key, value: text }));
    await store.commit(writes);
    let count = 0;
    for await (const { key } of store.list("Note")) expect(key).toBe(count++);
    expect(count).toBe(1_500);
  });
});
