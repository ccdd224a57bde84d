import { afterAll, describe, expect, test } from "vitest";
import { DenoKvStore } from "../../../adapters/deno-kv.ts";
import type { UnreadableEntryError } from "../../../src/persistence/adapter/errors.ts";

const kv = await Deno.openKv(":memory:");
afterAll(() => kv.close());

const whole = { format: 1, text: "1", chunks: 0 };
const heads: Record<string, unknown> = {
  "null": null,
  "a number": 5,
  "a foreign document": { name: "Ada" },
  "no chunks and no text": { format: 1, chunks: 0 },
  "a text that is a number": { ...whole, text: 5 },
  "chunks below 0": { ...whole, chunks: -1 },
  "a billion chunks": { format: 1, chunks: 1e9 },
  "half a chunk": { format: 1, chunks: 0.5 },
  "chunks that are not there": { format: 1, chunks: 2 },
  "a text and chunks": { ...whole, chunks: 2 },
  "an unknown format": { ...whole, format: 9 },
  "an expiry that is not a time": { ...whole, expires: "soon" },
  "a counter": new Deno.KvU64(1n),
};

describe.each(Object.entries(heads))("a head that is %s", (name, head) => {
  const large = "x".repeat(200_000);

  async function damaged(): Promise<{ store: DenoKvStore; prefix: string[] }> {
    const prefix = ["damaged", name, crypto.randomUUID()];
    const store = new DenoKvStore(kv, { prefix, watch: true });
    await store.commit(["a", "b", "c"].map((key) => ({ type: "Note", key, value: large })));
    await kv.set([...prefix, "Note", "b"], head);
    return { store, prefix };
  }

  async function countKeys(prefix: string[]): Promise<number> {
    const entries = await Array.fromAsync(kv.list({ prefix }));
    return entries.filter(({ key }) => ![2, 3, 4].includes(key.at(prefix.length) as number)).length;
  }

  test("is named, and hides no other entry", async () => {
    const { store } = await damaged();
    await expect(store.get("Note", "b")).rejects.toMatchObject({
      name: "UnreadableEntryError",
      type: "Note",
      key: "b",
    });
    const errors: UnreadableEntryError[] = [];
    const onUnreadable = (error: UnreadableEntryError) => errors.push(error);
    const entries = await Array.fromAsync(store.list("Note", { onUnreadable }));
    expect(entries.map(({ key }) => key)).toEqual(["a", "c"]);
    expect(errors.map(({ key }) => key)).toEqual(["b"]);
  });

  test("is repaired by a put, removed by a delete, and leaves no chunk", async () => {
    const { store, prefix } = await damaged();
    await store.commit([{ type: "Note", key: "b", value: "small" }]);
    expect(await store.load("Note", "b")).toBe("small");
    expect(await countKeys(prefix)).toBe(2 * 5 + 1);
    await kv.set([...prefix, "Note", "a"], head);
    await store.commit([{ type: "Note", key: "a", delete: true }]);
    await kv.set([...prefix, "Note", "c"], head);
    await store.commit([{ type: "Note", key: "c", value: large }]);
    expect(await store.load("Note", "c")).toBe(large);
    expect(await countKeys(prefix)).toBe(1 + 5);
  });

  test("is cleared with the others, and leaves no chunk", async () => {
    const { store, prefix } = await damaged();
    await store.clear("Note");
    expect(await countKeys(prefix)).toBe(0);
  });

  test("counts as an entry for conditions", async () => {
    const { store } = await damaged();
    const commit = store.commit([{ type: "Note", key: "b", value: 1, ifVersion: null }]);
    await expect(commit).rejects.toMatchObject({ name: "ConflictError" });
  });
});

describe("what others keep under our prefix", () => {
  test("is named by what it is stored under if that is not a key, and cleared", async () => {
    const store = new DenoKvStore(kv, { prefix: ["foreign"] });
    await store.commit(["a", "z"].map((key) => ({ type: "Note", key, value: key })));
    for (const part of ["!foreign", 5, true, new Uint8Array([1])]) {
      await kv.set(["foreign", "Note", part], whole);
    }
    const messages: string[] = [];
    const entries = await Array.fromAsync(store.list("Note", {
      onUnreadable: ({ type, key, message }) => {
        expect([type, key]).toEqual(["Note", undefined]);
        messages.push(message.slice(0, 30));
      },
    }));
    expect(entries.map(({ key }) => key)).toEqual(["a", "z"]);
    expect(messages.map((message) => message.split(":")[0]).sort()).toEqual([
      "Cannot read Note/!foreign",
      "Cannot read Note/1",
      "Cannot read Note/5",
      "Cannot read Note/true",
    ]);
    await store.clear("Note");
    expect(await Array.fromAsync(kv.list({ prefix: ["foreign"] }))).toEqual([]);
  });

  test("in a store whose prefix goes on with our type's name is neither listed nor cleared", async () => {
    const outer = new DenoKvStore(kv, { prefix: ["outer"], watch: true });
    const inner = new DenoKvStore(kv, { prefix: ["outer", "Note"], watch: true });
    const large = "x".repeat(100_000);
    await outer.commit([{ type: "Note", key: "a", value: large }]);
    await inner.commit([{ type: "Note", key: "b", value: large }]);
    const keys = async (store: DenoKvStore) =>
      (await Array.fromAsync(store.list("Note"))).map(({ key }) => key);
    expect([await keys(outer), await keys(inner)]).toEqual([["a"], ["b"]]);
    await outer.clear("Note");
    expect([await keys(outer), await keys(inner)]).toEqual([[], ["b"]]);
    expect(await inner.load("Note", "b")).toBe(large);
  });
});

describe("DenoKvStore", () => {
  test("names the entry that was damaged, and reads the others", async () => {
    const store = new DenoKvStore(kv, { prefix: ["damaged"] });
    const value = "x".repeat(200_000);
    await store.commit([1, 2, 3].map((key) => ({ type: "Note", key, value })));
    const [, second] = await Array.fromAsync(kv.list({ prefix: ["damaged", "Note"] }));
    const id = second!.key.at(-1) as string;
    await kv.delete(["damaged", 1, "Note", id, 2]);
    await expect(store.get("Note", 2)).rejects.toThrow("Cannot read Note/2: some of its chunks");
    expect(await store.get("Note", 3)).toMatchObject({ value });
    await kv.set(["damaged", "Note", id], "not ours");
    await expect(store.get("Note", 2)).rejects.toThrow("Cannot read Note/2");
    await kv.set(["damaged", "Note", id], { format: 1, text: '{"', chunks: 0 });
    await expect(store.get("Note", 2)).rejects.toThrow("Cannot read Note/2: the stored text");
    await store.commit([{ type: "Note", key: 2, delete: true }]);
    expect((await Array.fromAsync(store.list("Note"))).map(({ key }) => key)).toEqual([1, 3]);
  });
});
