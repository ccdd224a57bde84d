import { afterAll, describe, expect, test } from "vitest";
import { type DenoKvBinding, DenoKvStore } from "../../adapters/deno-kv.ts";
import type { Key, Write } from "../../src/persistence/adapter.ts";
import { encodeKey } from "../../src/persistence/keys.ts";
import { testAdapter } from "../../src/persistence/testing/mod.ts";

const folder = Deno.makeTempDirSync();
const memory = await Deno.openKv(":memory:");
const file = await Deno.openKv(`${folder}/suite.db`);
afterAll(() => {
  memory.close();
  file.close();
  Deno.removeSync(folder, { recursive: true });
});

let now = 1_800_000_000_000;
const places = {
  "in memory": { kv: memory, prefix: ["rian"] },
  "on a file": { kv: file, prefix: ["rian"] },
  "with watchers": { kv: memory, prefix: ["watched"], watch: true },
};
for (const [how, { kv, ...options }] of Object.entries(places)) {
  const cases = testAdapter(`DenoKvStore ${how}`, () => {
    return new DenoKvStore(kv, { ...options, now: () => now });
  }, {
    advance: (milliseconds) => {
      now += milliseconds;
    },
    async corrupt(type, key) {
      await kv.set([...options.prefix, type, encodeKey(key)], { format: 1, text: "{", chunks: 0 });
    },
  });
  for (const { name, skip, run } of cases) test.skipIf(skip)(name, run);
}

describe("DenoKvStore", () => {
  async function countKeys(prefix: Deno.KvKey): Promise<number> {
    let count = 0;
    // The mark of a type that has large documents counts as none.
    for await (const { key } of memory.list({ prefix })) if (key[prefix.length] !== 4) count++;
    return count;
  }

  test("loses none of 1,000 increments that two processes make on one file", async () => {
    const path = `${folder}/race.db`;
    (await Deno.openKv(path)).close();
    const script = new URL("./increment-deno-kv.ts", import.meta.url).pathname;
    const outputs = await Promise.all([1, 2].map(() => {
      const args = ["run", "-A", "--unstable-kv", script, path, "500"];
      return new Deno.Command(Deno.execPath(), { args }).output();
    }));
    expect(outputs.map(({ stderr }) => new TextDecoder().decode(stderr))).toEqual(["", ""]);
    expect(outputs.map(({ code }) => code)).toEqual([0, 0]);
    const kv = await Deno.openKv(path);
    expect(await new DenoKvStore(kv).load("Counter", "n")).toBe(1_000);
    kv.close();
  });

  test("finds nothing of a type that is too long to be stored, and nothing changes there", async () => {
    const store = new DenoKvStore(memory, { prefix: ["long"], watch: true });
    const long = "☘".repeat(700);
    expect(await Array.fromAsync(store.list(long))).toEqual([]);
    await store.clear(long);
    store.watch!(long, () => {})();
    await store.close();
  });

  test("lists from a key that is longer than any that is stored", async () => {
    const store = new DenoKvStore(memory, { prefix: ["after"] });
    // The longest that fit, of which the last character takes one byte, two, or three.
    const longest = "x".repeat(2_000 - "afterNote".length - 3);
    const keys = ["a", longest, `${longest}xyz`, `${longest}é`, `${longest}☘`, "y"];
    await store.commit(keys.map((key) => ({ type: "Note", key, value: 1 })));
    for (const after of [`${longest}xyz0`, `${longest}éé`, `${longest}é☘`, `${longest}😀`]) {
      const forwards = await Array.fromAsync(store.list("Note", { after }));
      expect(forwards.map(({ key }) => key)).toEqual(keys.filter((key) => key > after));
      const backwards = await Array.fromAsync(store.list("Note", { after, reverse: true }));
      expect(backwards.map(({ key }) => key)).toEqual(keys.filter((key) => key < after).reverse());
    }
    expect(await Array.fromAsync(store.list("Note", { after: "z".repeat(9_000) }))).toEqual([]);
  });

  test("removes a hundred large documents, together as far as one operation takes it, and all by clear", async () => {
    const store = new DenoKvStore(memory, { prefix: ["hundred"] });
    const large = "x".repeat(600_000);
    for (let key = 0; key < 100; key++) await store.commit([{ type: "Note", key, value: large }]);
    const deletes = Array.from(
      { length: 100 },
      (_, key): Write => ({ type: "Note", key, delete: true }),
    );
    await expect(store.commit(deletes)).rejects.toMatchObject({
      name: "StorageLimitError",
      limit: "mutations per commit",
    });
    expect(await store.load("Note", "99")).toBeNull();
    expect(await store.get("Note", 99)).toMatchObject({ value: large });
    await store.commit(deletes.slice(0, 50));
    await store.clear("Note");
    expect(await countKeys(["hundred"])).toBe(0);
  });

  test("removes more large documents than one operation takes in a commit of several parts", async () => {
    const store = new DenoKvStore(memory, { prefix: ["parts"] });
    const large = "x".repeat(600_000);
    for (let key = 0; key < 70; key++) await store.commit([{ type: "Note", key, value: large }]);
    const deletes = Array.from(
      { length: 101 },
      (_, index): Write => ({ type: "Note", key: 100 - index, delete: true }),
    );
    expect(await store.commit(deletes)).toEqual(deletes.map(() => null));
    expect(await Array.fromAsync(store.list("Note"))).toEqual([]);
  });

  test("counts metadata and long keys before it writes anything", async () => {
    const store = new DenoKvStore(memory, { prefix: ["measured"] });
    const metadata = { numbers: Array.from({ length: 420 }, (_, index) => index / 10) };
    const writes = Array.from({ length: 100 }, (_, key): Write => {
      return { type: "Note", key, value: "x".repeat(6_500), metadata, ifVersion: null };
    });
    await expect(store.commit(writes)).rejects.toMatchObject({ name: "StorageLimitError" });
    expect(await countKeys(["measured"])).toBe(0);
    await store.commit(writes.map(({ ifVersion: _, ...write }) => write));
    expect(await countKeys(["measured"])).toBe(100);
    await store.commit([{ type: "Note", key: "full", value: "x".repeat(58_990), metadata }]);
    expect(await store.get("Note", "full")).toMatchObject({ metadata });
    const longKey = "k".repeat(1_500);
    await expect(store.commit([{ type: "Note", key: longKey, value: "x".repeat(780_000 - 2) }]))
      .rejects.toMatchObject({ name: "StorageLimitError" });
  });

  test("keeps a large document in chunks, and leaves none behind when it shrinks", async () => {
    const store = new DenoKvStore(memory, { prefix: ["shrinking"] });
    const large = "☘".repeat(200_000);
    const [version] = await store.commit([{ type: "Note", key: "a", value: large }]);
    expect(await store.load("Note", "a")).toBe(large);
    expect(await countKeys(["shrinking"])).toBe(12);
    await store.commit([{ type: "Note", key: "a", value: "small", ifVersion: version! }]);
    expect(await countKeys(["shrinking"])).toBe(1);
    await store.commit([{ type: "Note", key: "a", value: large }]);
    await store.commit([{ type: "Note", key: "a", value: "small" }]);
    expect(await countKeys(["shrinking"])).toBe(1);
    await store.commit([{ type: "Note", key: "a", value: large }]);
    await store.clear("Note");
    expect(await countKeys(["shrinking"])).toBe(0);
  });

  test("leaves no chunks behind when many documents at once replace large ones", async () => {
    const store = new DenoKvStore(memory, { prefix: ["many"] });
    const types = ["Note", "Page"];
    const writes = (value: (key: number) => string): Write[] =>
      types.flatMap((type) =>
        Array.from({ length: 20 }, (_, key) => ({ type, key, value: value(key) }))
      );
    const large = "x".repeat(300_000);
    for (const place of [0, 10, 19]) {
      await store.commit(writes((key) => key === place ? large : "small"));
      expect(await countKeys(["many"])).toBeGreaterThan(40);
      await store.commit(writes(() => "small"));
      expect(await countKeys(["many"])).toBe(40);
    }
  });

  test("writes 10,000 documents in 15 round trips", async () => {
    let trips = 0;
    const counting: DenoKvBinding = {
      get: (key) => (trips++, memory.get(key)),
      getMany: (keys) => (trips++, memory.getMany(keys)),
      list: (selector, options) => (trips++, memory.list(selector, options)),
      watch: (keys) => memory.watch(keys),
      commitVersionstamp: () => memory.commitVersionstamp(),
      atomic() {
        const atomic = memory.atomic();
        const commit = atomic.commit.bind(atomic);
        return Object.assign(atomic, { commit: () => (trips++, commit()) });
      },
    };
    const store = new DenoKvStore(counting, { prefix: ["bulk"] });
    const text = "x".repeat(1_000);
    await store.commit(Array.from({ length: 10_000 }, (_, key): Write => {
      return { type: "Note", key, value: { key, text } };
    }));
    expect(trips).toBeLessThanOrEqual(15);
    expect(await store.load("Note", "none")).toBeNull();
    expect((await store.get("Note", 9_999))?.value).toEqual({ key: 9_999, text });
  });

  test("never shows a mixture of two large documents", async () => {
    const store = new DenoKvStore(file);
    const large = (digit: number) => String(digit).repeat(300_000);
    await store.commit([{ type: "Mixed", key: "a", value: large(0) }]);
    const writes = Array.from({ length: 30 }, (_, round) => {
      return store.commit([{ type: "Mixed", key: "a", value: large(round % 10) }]);
    });
    const reads = Array.from({ length: 60 }, () => store.load("Mixed", "a"));
    await Promise.all(writes);
    for (const value of await Promise.all(reads)) expect(new Set(value).size).toBe(1);
  });

  test("tells watchers of every key, however many commits come at once", async () => {
    const [mine, theirs] = [1, 2].map(() => {
      return new DenoKvStore(memory, { prefix: ["busy"], watch: true });
    });
    const heard = new Set<Key>();
    mine!.watch!("Note", (keys) => keys.forEach((key) => heard.add(key)));
    await Promise.all(Array.from({ length: 50 }, (_, n) => {
      const writes = Array.from(
        { length: 60 },
        (_, part) => ({ type: "Note", key: n * 60 + part, value: 1 }),
      );
      return theirs!.commit(writes);
    }));
    await expect.poll(() => heard.size).toBe(3_000);
    await mine!.close();
  });

  test("keeps stores with different prefixes apart", async () => {
    const [one, two] = [["one"], ["two"]].map((prefix) => new DenoKvStore(memory, { prefix }));
    await one!.commit([{ type: "Note", key: "a", value: 1 }]);
    expect(await two!.get("Note", "a")).toBeUndefined();
    await two!.clear("Note");
    expect(await one!.load("Note", "a")).toBe(1);
  });

  test("names the entry that was damaged, and reads the others", async () => {
    const store = new DenoKvStore(memory, { prefix: ["damaged"] });
    const value = "x".repeat(200_000);
    await store.commit([1, 2, 3].map((key) => ({ type: "Note", key, value })));
    const [, second] = await Array.fromAsync(memory.list({ prefix: ["damaged", "Note"] }));
    const id = second!.key.at(-1) as string;
    await memory.delete(["damaged", 1, "Note", id, 2]);
    await expect(store.get("Note", 2)).rejects.toThrow("Cannot read Note/2: some of its chunks");
    expect(await store.get("Note", 3)).toMatchObject({ value });
    await memory.set(["damaged", "Note", id], "not ours");
    await expect(store.get("Note", 2)).rejects.toThrow("Cannot read Note/2");
    await memory.set(["damaged", "Note", id], { format: 1, text: '{"', chunks: 0 });
    await expect(store.get("Note", 2)).rejects.toThrow("Cannot read Note/2: the stored text");
    await store.commit([{ type: "Note", key: 2, delete: true }]);
    expect((await Array.fromAsync(store.list("Note"))).map(({ key }) => key)).toEqual([1, 3]);
  });

  test("refuses what its limits do not hold, by name and before writing", async () => {
    const store = new DenoKvStore(memory, { prefix: ["limits"] });
    const writes: Record<string, Write> = {
      "key bytes": { type: "Note", key: "k".repeat(2_100), value: 1 },
      "metadata bytes": { type: "Note", key: "b", value: 1, metadata: "m".repeat(5_000) },
      "value bytes": { type: "Note", key: "c", value: "v".repeat(800_000) },
    };
    for (const [limit, write] of Object.entries(writes)) {
      const commit = store.commit([{ type: "Note", key: "a", value: 1 }, write]);
      await expect(commit).rejects.toMatchObject({ name: "StorageLimitError", limit });
    }
    expect(await countKeys(["limits"])).toBe(0);
  });

  test("splits what is too large for one operation unless it is conditional", async () => {
    const store = new DenoKvStore(memory, { prefix: ["splitting"] });
    const value = "x".repeat(50_000);
    const writes = Array.from({ length: 40 }, (_, key): Write => ({ type: "Note", key, value }));
    const conditional = writes.map((write) => ({ ...write, ifVersion: null }));
    await expect(store.commit(conditional)).rejects.toMatchObject({ limit: "bytes per commit" });
    expect(await countKeys(["splitting"])).toBe(0);
    await store.commit(writes);
    expect(await countKeys(["splitting"])).toBe(40);
  });
});
