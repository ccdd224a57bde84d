import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { DenoKvStore } from "../../../adapters/deno-kv.ts";
import type { Key } from "../../../src/persistence/adapter/adapter.ts";
import { systemClock } from "../../../src/shared/clock.ts";

const folder = Deno.makeTempDirSync();
const file = `${folder}/watch.db`;
let kv: Deno.Kv;
beforeAll(async () => {
  kv = await Deno.openKv(file);
});
afterAll(() => {
  kv.close();
  Deno.removeSync(folder, { recursive: true });
});

/** Returns a store whose clock is off by this many milliseconds. */
function open(prefix: string, offset: number): DenoKvStore {
  return new DenoKvStore(kv, {
    prefix: [prefix],
    watch: true,
    clock: { ...systemClock, now: () => Date.now() + offset },
  });
}

/** Returns the errors that nothing can catch while something runs. */
async function reportedIn(run: () => Promise<void>): Promise<unknown[]> {
  const reported: unknown[] = [];
  const queue = vi.spyOn(globalThis, "queueMicrotask").mockImplementation((callback) => {
    try {
      callback();
    } catch (error) {
      reported.push(error);
    }
  });
  try {
    await run();
  } finally {
    queue.mockRestore();
  }
  return reported;
}

describe("watching Deno KV", () => {
  test.each([-3_600_000, -5_000, 5_000, 3_600_000])(
    "hears every commit of a writer whose clock is off by %i milliseconds, once",
    async (offset) => {
      const mine = open(`skew ${offset}`, 0);
      const theirs = open(`skew ${offset}`, offset);
      const heard: Key[] = [];
      mine.watch!("Note", (keys) => heard.push(...keys));
      const expected: Key[] = [];
      for (let key = 0; key < 20; key++) {
        const store = key % 2 ? mine : theirs;
        await store.commit([{ type: "Note", key, value: 1 }]);
        expected.push(key);
      }
      await expect.poll(() => heard.length).toBe(20);
      expect(heard).toEqual(expected);
      await mine.close();
    },
  );

  test("hears nothing of what was committed before it began, and everything after", async () => {
    const store = open("beginning", 0);
    for (let round = 0; round < 30; round++) {
      const type = `Note ${round}`;
      const heard: Key[] = [];
      await store.commit([{ type, key: "before", value: 1 }]);
      const stop = store.watch!(type, (keys) => heard.push(...keys));
      await store.commit([{ type, key: "behind", value: 1 }]);
      await expect.poll(() => heard).toEqual(["behind"]);
      stop();
    }
    await store.close();
  });

  test("hears a hundred of the longest keys of one commit", async () => {
    const store = open("long", 0);
    const heard: Key[] = [];
    store.watch!("Note", (keys) => heard.push(...keys));
    const keys = Array.from({ length: 100 }, (_, key) => `${"a".repeat(1_900)}☘${key}`);
    await store.commit(keys.map((key) => ({ type: "Note", key, value: 1 })));
    await expect.poll(() => heard.length).toBe(100);
    expect(new Set(heard)).toEqual(new Set(keys));
    await store.close();
  });

  test("hears a key that begins with a byte order mark", async () => {
    const store = open("byte order mark", 0);
    const heard: Key[] = [];
    store.watch!("Note", (keys) => heard.push(...keys));
    const keys = ["\ufeff", "\ufeffa", "\ufeff\ufeff"];
    for (const key of keys) await store.commit([{ type: "Note", key, value: 1 }]);
    await expect.poll(() => heard).toEqual(keys);
    await store.close();
  });

  test("goes on after a listener throws, whose error is reported", async () => {
    const store = open("throwing", 0);
    const heard: Key[] = [];
    const reported = await reportedIn(async () => {
      store.watch!("Note", (keys) => {
        heard.push(...keys);
        if (keys.includes("bad")) throw new Error("The listener's own");
      });
      for (const key of ["bad", "good"]) {
        await store.commit([{ type: "Note", key, value: 1 }]);
        await expect.poll(() => heard.at(-1)).toBe(key);
      }
      await store.close();
    });
    expect(reported).toEqual([new Error("The listener's own")]);
  });

  test("goes on after damaged notes, which it reports, and past anything that is not a note", async () => {
    const store = open("damaged", 0);
    const notes = ["damaged", 3, "Note"];
    const heard: Key[] = [];
    const reported = await reportedIn(async () => {
      store.watch!("Note", (keys) => heard.push(...keys));
      for (const none of [5, "0", "zzz", "f".repeat(20)]) await kv.set([...notes, none], "none");
      const keys = ["first", "second", "third"];
      for (const [index, value] of ["no bytes", null, { ids: ["a"] }].entries()) {
        const { versionstamp } = await kv.set(["damaged", "time"], index);
        await kv.set([...notes, versionstamp], value);
        await store.commit([{ type: "Note", key: keys[index]!, value: 1 }]);
        await expect.poll(() => heard).toEqual(keys.slice(0, index + 1));
      }
      await store.close();
    });
    expect(reported.map(String)).toEqual(
      Array(3).fill(expect.stringContaining("Cannot watch Note in Deno KV: ")),
    );
  });

  test("is refused once the store is closed", async () => {
    const store = open("closed", 0);
    await store.close();
    expect(() => store.watch!("Note", () => {})).toThrow(
      "Cannot use Deno KV: this adapter is closed",
    );
  });
});
