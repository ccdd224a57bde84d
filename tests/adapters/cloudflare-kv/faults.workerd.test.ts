import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { CloudflareKvStore, type KvBinding } from "../../../adapters/cloudflare-kv.ts";
import type { UnreadableEntryError } from "../../../src/persistence/adapter/errors.ts";
import { listAll } from "../../../src/testing/case.ts";

/** Returns a KV that refuses to write this name, as KV does within a second of the last write; local KV never does. */
function busy(name: string): KvBinding {
  const refuse = (operation: string) => {
    return Promise.reject(new Error(`KV ${operation} failed: 429 Too Many Requests`));
  };
  return {
    get: env.KV.get.bind(env.KV) as KvBinding["get"],
    list: (options) => env.KV.list(options) as ReturnType<KvBinding["list"]>,
    put: (key, value, options) => key === name ? refuse("PUT") : env.KV.put(key, value, options),
    delete: (key) => key === name ? refuse("DELETE") : env.KV.delete(key),
  };
}

describe("Workers KV that is written too often", () => {
  test.each([{ value: 1 }, { delete: true as const }])(
    "says so, and the write can be repeated: %o",
    async (what) => {
      const store = new CloudflareKvStore(busy("busy/Note/b"), { prefix: "busy" });
      const writes = ["a", "b", "c"].map((key) => ({ type: "Note", key, ...what }));
      await expect(store.commit(writes)).rejects.toMatchObject({
        // Neither a TypeError nor a StorageLimitError: those are not retried.
        name: "Error",
        message:
          "Cannot commit to Workers KV: Note/b was written less than a second ago, and KV takes " +
          "one write of a key a second; retry later",
      });
    },
  );

  test("says so of a clear, too", async () => {
    const store = new CloudflareKvStore(busy("cleared/Note/b"), { prefix: "cleared" });
    await env.KV.put("cleared/Note/b", "written by another");
    await expect(store.clear("Note")).rejects.toThrow(
      "Cannot clear Note in Workers KV: cleared/Note/b was written less than a second ago, and KV " +
        "takes one write of a key a second; retry later",
    );
  });

  test("has finished every write of a commit when it reports that one has failed", async () => {
    let running = 0;
    const kv = busy("ended/Note/a");
    const store = new CloudflareKvStore({
      ...kv,
      async put(key, value, options) {
        running++;
        await kv.put(key, value, options).finally(() => running--);
      },
    }, { prefix: "ended" });
    const keys = ["a", ...Array.from("bcdefghijklmnopqrstuvwxyz")];
    const writes = keys.map((key) => ({ type: "Note", key, value: 1 }));
    await expect(store.commit(writes)).rejects.toThrow("retry later");
    expect(running).toBe(0);
    expect(await store.load("Note", "c")).toBe(1);
    expect(await store.load("Note", "z"), "no write begins after the failure").toBeNull();
  });
});

describe("what others keep under our prefix in Workers KV", () => {
  test("is named, hides nothing else, and can be written over, deleted and cleared", async () => {
    const store = new CloudflareKvStore(env.KV, { prefix: "foreign" });
    const keys = Array.from("abcdefghij");
    await store.commit(keys.map((key) => ({ type: "Note", key, value: { key } })));
    const metadata = [undefined, null, 5, "text", { bytes: "many" }, { bytes: null }, []];
    for (const [index, foreign] of metadata.entries()) {
      const options = foreign === undefined ? {} : { metadata: foreign };
      await env.KV.put(`foreign/Note/${keys[index]}`, "x".repeat(index * 1_000_000), options);
    }
    await env.KV.put("foreign/Note/!foreign", "");
    const errors: UnreadableEntryError[] = [];
    const onUnreadable = (error: UnreadableEntryError) => errors.push(error);
    const entries = await listAll(store, "Note", { onUnreadable });
    expect(entries.map(({ key }) => key)).toEqual(["h", "i", "j"]);
    expect(errors.map(({ key }) => key)).toEqual([undefined, ..."abcdefg"]);
    expect(errors[0]!.message).toContain("Cannot read Note/!foreign: it is not stored under a key");
    await store.commit([
      { type: "Note", key: "a", value: 1 },
      { type: "Note", key: "b", delete: true },
    ]);
    expect([await store.load("Note", "a"), await store.load("Note", "b")]).toEqual([1, null]);
    await store.clear("Note");
    expect((await env.KV.list({ prefix: "foreign/" })).keys).toEqual([]);
  });
});
