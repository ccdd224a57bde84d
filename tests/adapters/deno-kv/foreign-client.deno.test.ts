import { afterAll, describe, expect, test } from "vitest";
import { type DenoKvBinding, DenoKvStore } from "../../../adapters/deno-kv.ts";
import type { Key } from "../../../src/persistence/adapter/adapter.ts";
import { expectToWorkWhenEmptied } from "../shared/emptied.ts";

const kv = await Deno.openKv(":memory:");
afterAll(() => kv.close());

/** Returns the same without commitVersionstamp, which `@deno/kv` lacks. */
function withoutStamps(kv: Deno.Kv): DenoKvBinding {
  return {
    get: (key) => kv.get(key),
    getMany: (keys) => kv.getMany(keys),
    list: (selector, options) => kv.list(selector as Deno.KvListSelector, options),
    watch: (keys, options) => kv.watch(keys, options),
    atomic: () => kv.atomic() as unknown as ReturnType<DenoKvBinding["atomic"]>,
  };
}

describe("watching Deno KV through a client without commitVersionstamp, such as @deno/kv", () => {
  const binding = withoutStamps(kv);
  const open = (prefix: string, kv: DenoKvBinding) =>
    new DenoKvStore(kv, { prefix: [prefix], watch: true });

  test("hears every commit once, of its own kind and of Deno's, and Deno hears its", async () => {
    const [node, deno] = [open("both", binding), open("both", kv)];
    const heard: Record<string, Key[]> = { node: [], deno: [] };
    node.watch!("Note", (keys) => heard["node"]!.push(...keys));
    deno.watch!("Note", (keys) => heard["deno"]!.push(...keys));
    const expected: number[] = [];
    for (let key = 0; key < 60; key++) {
      await (key % 3 ? node : deno).commit([{ type: "Note", key, value: 1 }]);
      expected.push(key);
    }
    const sorted = (keys: Key[]) => [...keys as number[]].sort((a, b) => a - b);
    await expect.poll(() => [sorted(heard["node"]!), sorted(heard["deno"]!)])
      .toEqual([expected, expected]);
    await node.close();
    await deno.close();
  });

  test("hears nothing of what was committed before it began, and everything after", async () => {
    const store = open("beginning", binding);
    for (let round = 0; round < 20; round++) {
      const heard: Key[] = [];
      await store.commit([{ type: "Note", key: `before ${round}`, value: 1 }]);
      const stop = store.watch!("Note", (keys) => heard.push(...keys));
      await store.commit([{ type: "Note", key: `behind ${round}`, value: 1 }]);
      await expect.poll(() => heard).toEqual([`behind ${round}`]);
      stop();
    }
    await store.close();
  });

  test("hears deletes and a clear", async () => {
    const store = open("clear", binding);
    await store.commit(["a", "b", "c"].map((key) => ({ type: "Note", key, value: 1 })));
    const heard: Key[] = [];
    store.watch!("Note", (keys) => heard.push(...keys));
    await store.commit([{ type: "Note", key: "a", delete: true }]);
    await store.clear("Note");
    await expect.poll(() => [...heard].sort()).toEqual(["a", "b", "c"]);
    await store.close();
  });
});

describe("a Deno.Kv that is closed under its store", () => {
  test.each([true, false])("is named by every call (watch: %o)", async (watch) => {
    const own = await Deno.openKv(":memory:");
    const store = new DenoKvStore(own, { watch });
    await store.commit([{ type: "Note", key: "a", value: "x".repeat(100_000) }]);
    own.close();
    const put = { type: "Note", key: "a", value: 1 };
    const calls: Record<string, () => Promise<unknown>> = {
      get: () => store.get("Note", "a"),
      load: () => store.load("Note", "a"),
      list: () => Array.fromAsync(store.list("Note")),
      commit: () => store.commit([put]),
      "commit of much": () =>
        store.commit(Array.from({ length: 300 }, (_, key) => ({ ...put, key }))),
      "commit of a large document": () => store.commit([{ ...put, value: "x".repeat(100_000) }]),
      persist: () => store.persist("Note", "a", {}, 1),
      clear: () => store.clear("Note"),
    };
    for (const [name, call] of Object.entries(calls)) {
      await expect(call(), name).rejects.toThrow(
        "Cannot use Deno KV: the Deno.Kv of this store is closed; open another one",
      );
    }
    await store.close();
  });
});

test("DenoKvStore goes on after others delete its keys", async () => {
  const store = new DenoKvStore(kv, { prefix: ["emptied"], watch: true });
  await expectToWorkWhenEmptied(store, async () => {
    for await (const { key } of kv.list({ prefix: ["emptied"] })) await kv.delete(key);
  });
  const left = await Array.fromAsync(kv.list({ prefix: ["emptied", 1] }));
  expect(left).toEqual([]);
  await store.close();
});
