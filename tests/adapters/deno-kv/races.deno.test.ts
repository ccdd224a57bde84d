import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { type DenoKvBinding, DenoKvStore } from "../../../adapters/deno-kv.ts";
import type { Write } from "../../../src/persistence/adapter/adapter.ts";
import { keysOf } from "./keys.ts";

const kv = await Deno.openKv(":memory:");
afterAll(() => kv.close());

let count = 0;
/** Returns a prefix that nothing else uses. */
function ownPrefix(): string[] {
  return [`races ${count++}`];
}

/** Returns a value that takes this many chunks: none, or two and more. */
function valueOf(chunks: number): string {
  return chunks === 0 ? "small" : "x".repeat(chunks * 59_000 - 10_000);
}

/** Returns enough small documents for several operations. */
function bulk(): Write[] {
  return Array.from({ length: 1_000 }, (_, key) => ({ type: "Note", key, value: "small" }));
}

/** Returns a `Deno.Kv` that does something else just before a commit. */
function interrupted(before: (commit: number) => Promise<unknown>): DenoKvBinding {
  let commits = 0;
  return {
    get: (key) => kv.get(key),
    getMany: (keys) => kv.getMany(keys),
    list: (selector, options) => kv.list(selector, options),
    watch: (keys) => kv.watch(keys),
    commitVersionstamp: () => kv.commitVersionstamp(),
    atomic() {
      const atomic = kv.atomic();
      const commit = atomic.commit.bind(atomic);
      return Object.assign(atomic, {
        async commit() {
          await before(++commits);
          return await commit();
        },
      });
    },
  };
}

describe("writers of large documents that do not look up what they replace", () => {
  test("leave no chunk behind when they race, whoever comes last", async () => {
    const sizes = fc.constantFrom(0, 2, 3, 6);
    const rounds = fc.array(fc.record({ before: sizes, mine: sizes, theirs: sizes }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(rounds, fc.boolean(), async (rounds, deletes) => {
        const prefix = ownPrefix();
        const plain = new DenoKvStore(kv, { prefix });
        for (const { before, mine, theirs } of rounds) {
          await plain.commit([{ type: "Note", key: "a", value: valueOf(before) }]);
          const racing = new DenoKvStore(
            interrupted(async (commit) => {
              if (commit > 2) return;
              await plain.commit([{
                type: "Note",
                key: "a",
                value: valueOf(theirs && theirs + commit),
              }]);
            }),
            { prefix },
          );
          const write: Write = deletes
            ? { type: "Note", key: "a", delete: true }
            : { type: "Note", key: "a", value: valueOf(mine) };
          await racing.commit([write]);
          expect(await plain.load("Note", "a")).toBe(deletes ? null : valueOf(mine));
          const left = await keysOf(kv, prefix);
          expect(left.length).toBe(deletes ? 0 : 1 + mine);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("leave no chunk behind when forty of them write at once", async () => {
    const prefix = ownPrefix();
    const store = new DenoKvStore(kv, { prefix });
    await Promise.all(Array.from({ length: 40 }, (_, index) => {
      return store.commit([{ type: "Note", key: "a", value: valueOf([0, 2, 3, 5][index % 4]!) }]);
    }));
    const value = await store.load("Note", "a") as string;
    expect(await keysOf(kv, prefix)).toHaveLength(
      value === "small" ? 1 : 1 + Math.ceil(value.length / 59_000),
    );
    await store.commit([{ type: "Note", key: "a", delete: true }]);
    expect(await keysOf(kv, prefix)).toEqual([]);
  });

  test("need one round trip and no read if they replace nothing large", async () => {
    let reads = 0;
    let commits = 0;
    const counting = interrupted(async () => commits++);
    const store = new DenoKvStore({
      ...counting,
      get: (key) => (reads++, kv.get(key)),
      getMany: (keys) => (reads++, kv.getMany(keys)),
      list: (selector, options) => (reads++, kv.list(selector, options)),
    }, { prefix: ownPrefix() });
    await store.commit([{ type: "Note", key: "a", value: 1 }, {
      type: "Note",
      key: "b",
      value: 1,
    }]);
    await store.commit([{ type: "Note", key: "a", value: 2 }, {
      type: "Note",
      key: "b",
      delete: true,
    }]);
    expect({ reads, commits }).toEqual({ reads: 0, commits: 2 });
    for (const chunks of [3, 5, 2]) {
      [reads, commits] = [0, 0];
      await store.commit([{ type: "Note", key: "large", value: valueOf(chunks) }]);
      expect({ reads, commits }, "a large one needs to know what it replaces").toEqual({
        reads: 1,
        commits: 1,
      });
    }
  });

  test("replace documents of which the platform has already removed some chunks", async () => {
    const prefix = ownPrefix();
    const store = new DenoKvStore(kv, { prefix });
    await store.commit([{ type: "Note", key: "a", value: valueOf(6), ttl: 60_000 }]);
    await kv.delete([...prefix, "Note", "a"]);
    await kv.delete([...prefix, 1, "Note", "a", 0]);
    await kv.delete([...prefix, 1, "Note", "a", 3]);
    await store.commit([{ type: "Note", key: "a", value: valueOf(2) }]);
    expect(await store.load("Note", "a")).toBe(valueOf(2));
    await store.commit([{ type: "Note", key: "a", value: "small" }]);
    expect(await keysOf(kv, prefix)).toEqual([[...prefix, "Note", "a"]]);
  });

  test.each([1, 2])(
    "leave no chunk behind when they race with commit %i of a bulk load",
    async (racing) => {
      const prefix = ownPrefix();
      const plain = new DenoKvStore(kv, { prefix });
      const loading = new DenoKvStore(
        interrupted(async (commit) => {
          if (commit !== racing) return;
          await plain.commit([{ type: "Note", key: 250, value: valueOf(3) }]);
        }),
        { prefix },
      );
      await loading.commit(bulk());
      // The load writes this key first, so the other writer comes after it, and before a later commit of the load.
      const isLarge = racing > 1;
      expect(await plain.load("Note", "250")).toBeNull();
      expect((await plain.get("Note", 250))?.value === valueOf(isLarge ? 3 : 0)).toBe(true);
      expect((await keysOf(kv, prefix)).length).toBe(1_000 + (isLarge ? 3 : 0));
    },
  );

  test("do not slow down a bulk load of their type forever", async () => {
    const prefix = ownPrefix();
    const load = async () => {
      let commits = 0;
      await new DenoKvStore(interrupted(async () => commits++), { prefix }).commit(bulk());
      return commits;
    };
    expect(await load()).toBeLessThan(6);
    const store = new DenoKvStore(kv, { prefix });
    await store.commit([{ type: "Note", key: "large", value: valueOf(3) }]);
    expect(await load()).toBeGreaterThanOrEqual(10);
    await store.clear("Note");
    expect(await Array.fromAsync(kv.list({ prefix }))).toEqual([]);
    expect(await load()).toBeLessThan(6);
  });

  test("clear a hundred documents under the longest keys", async () => {
    const prefix = ownPrefix();
    const store = new DenoKvStore(kv, { prefix, watch: true });
    for (let key = 100; key < 200; key++) {
      await store.commit([{ type: "Note", key: `${"☘".repeat(600)}${key}`, value: 1 }]);
    }
    await store.clear("Note");
    expect(await keysOf(kv, [...prefix, "Note"])).toEqual([]);
  });
});
