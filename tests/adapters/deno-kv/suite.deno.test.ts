import { afterAll, describe, expect, test } from "vitest";
import { type DenoKvBinding, DenoKvStore } from "../../../adapters/deno-kv.ts";
import type { Key, Write } from "../../../src/persistence/adapter/adapter.ts";
import { encodeKey } from "../../../src/persistence/adapter/keys.ts";
import { systemClock } from "../../../src/shared/clock.ts";
import { testAdapter } from "../../../src/testing/mod.ts";

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
    return new DenoKvStore(kv, { ...options, clock: { ...systemClock, now: () => now } });
  }, {
    skip: {
      "a put with a version of its own leaves that version":
        "the versions are Deno KV's versionstamps",
    },
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

  test("notifies watchers of every key, however many commits come at once", async () => {
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
});
