import type { Write } from "../persistence/adapter/adapter.ts";
import { assertEqual, assertRejects } from "./assert.ts";
import { type CaseGroup, listAll, listValues, unconditional } from "./case.ts";
import { listen } from "./listen.ts";
import { samples } from "./samples.ts";

/** What the next adapter on the same storage finds. */
export const reopening: CaseGroup = {
  "entries, versions and metadata outlive the adapter that wrote them": async ({ open, type }) => {
    const first = await open();
    const length = Math.min(300_000, first.capabilities.maxValueBytes - 100);
    await first.commit([
      { type, key: 1, value: { at: new Date(0) }, metadata: { rev: 3 } },
      { type, key: "1", value: new Set(["a"]) },
      { type, key: new Date(1), value: "x".repeat(length) },
      { type, key: true, value: null },
      ...samples.map((value, index): Write => ({ type, key: `sample ${index}`, value })),
    ]);
    await first.commit([{ type, key: true, delete: true }]);
    const before = await listAll(first, type);
    await first.close();
    const second = await open();
    assertEqual(await listAll(second, type), before, "the entries");
    assertEqual(before.length, samples.length + 3, "the number of entries");
    for (const entry of before) {
      assertEqual(await second.get(type, entry.key), entry, `the entry of ${entry.key}`);
    }
  },

  "a cleared type is still empty after reopening": async ({ open, type }) => {
    const first = await open();
    await first.commit([{ type, key: "a", value: 1 }, {
      type: `${type} other`,
      key: "a",
      value: 1,
    }]);
    await first.clear(type);
    await first.close();
    const second = await open();
    assertEqual(await listAll(second, type), [], "the entries");
    assertEqual(await listValues(second, `${type} other`), [["a", 1]], "the other entries");
  },

  "a version that was read before reopening still guards its entry": async ({ open, type }) => {
    const first = await open();
    if (first.capabilities.conditional === "none") return unconditional;
    const [version] = await first.commit([{ type, key: "a", value: 1 }]);
    await first.close();
    const second = await open();
    await second.commit([{ type, key: "a", value: 2, ifVersion: version! }]);
    const commit = second.commit([{ type, key: "a", value: 3, ifVersion: version! }]);
    await assertRejects(commit, "ConflictError", "the commit");
  },

  "no version comes back after reopening": async ({ open, type }) => {
    const seen = new Set<unknown>();
    for (let round = 0; round < 5; round++) {
      const adapter = await open();
      for (const key of ["a", "a"]) {
        seen.add((await adapter.commit([{ type, key, value: 1 }]))[0]);
        await adapter.commit([{ type, key, delete: true }]);
      }
      await adapter.close();
    }
    assertEqual(seen.size, 10, "the number of versions of 10 writes");
  },

  "two adapters on one storage see each other's writes": async ({ open, type }) => {
    const [first, second] = [await open(), await open()];
    assertEqual(await second.get(type, "a"), undefined, "the entry before");
    await first.commit([{ type, key: "a", value: 1 }]);
    assertEqual((await second.get(type, "a"))?.value, 1, "the value");
    await second.clear(type);
    assertEqual(await first.get(type, "a"), undefined, "the entry after");
  },

  "a watcher hears of changes by another adapter on the same storage, until it is closed": async (
    { open, type },
  ) => {
    const [first, second, third] = [await open(), await open(), await open()];
    if (!first.capabilities.watch) return "capabilities.watch is false";
    const [heard, closed] = [listen(first, type), listen(third, type)];
    await third.close();
    await second.commit([{ type, key: "a", value: 1 }]);
    await heard.until(["a"]);
    await second.commit([{ type, key: "a", delete: true }, { type, key: 1, value: 1 }]);
    await heard.until(["a", 1]);
    await second.clear(type);
    await heard.until([1]);
    assertEqual(closed.keys, [], "what was heard after close");
    heard.stop();
  },

  "a commit that close overtakes is stored if it resolves, and not if it rejects": async (
    { adapter, open, type },
  ) => {
    for (let round = 0; round < 5; round++) {
      const closing = await open();
      const key = (n: number) => `${round} ${n}`;
      const commits = [1, 2, 3].map((n) => {
        return closing.commit([{ type, key: key(n), value: n }]);
      });
      for (let turns = 0; turns < round; turns++) await undefined;
      await closing.close();
      const outcomes = await Promise.allSettled(commits);
      for (const [index, { status }] of outcomes.entries()) {
        const value = (await adapter.get(type, key(index + 1)))?.value;
        assertEqual(value, status === "fulfilled" ? index + 1 : undefined, `after ${status}`);
      }
    }
  },
};
