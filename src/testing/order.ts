import type { Key } from "../persistence/adapter/adapter.ts";
import { assertEqual } from "./assert.ts";
import { type CaseGroup, listAll } from "./case.ts";

const sorted: readonly Key[] = [
  ...[false, true, -Infinity, -10, -9, -0.5, 0, 2, 10, 1e21],
  ...[new Date(-1), new Date(0), new Date(1e12), "", "!", "10", "9", "A", "B", "a", "á"],
  ...["\ud7ff", "\ue000", "\uffff", "😀"],
];

/** The order of lists. */
export const order: CaseGroup = {
  "list yields entries by key: booleans, numbers, dates, strings, each in order": async (
    context,
  ) => {
    const { adapter, type } = context;
    const scattered = sorted.map((_, index) => sorted[(index * 7) % sorted.length]!);
    await adapter.commit(scattered.map((key) => ({ type, key, value: 1 })));
    const listed = await listAll(adapter, type);
    assertEqual(listed.map((entry) => entry.key), [...sorted], "the keys");
    const reversed = await listAll(adapter, type, { reverse: true });
    assertEqual(reversed.map((entry) => entry.key), [...sorted].reverse(), "the keys, reversed");
  },

  "a list can begin after any key, in both directions": async ({ adapter, type }) => {
    await adapter.commit(sorted.map((key) => ({ type, key, value: 1 })));
    for (const [index, after] of sorted.entries()) {
      const up = await listAll(adapter, type, { after, limit: 2 });
      assertEqual(up.map((entry) => entry.key), sorted.slice(index + 1, index + 3), "the next two");
      const down = await listAll(adapter, type, { after, reverse: true, limit: 1 });
      const before = sorted.slice(Math.max(0, index - 1), index);
      assertEqual(down.map((entry) => entry.key), before, "the one before");
    }
  },

  "a list can begin after a key that has no entry": async ({ adapter, type }) => {
    await adapter.commit([1, 3, 5].map((key) => ({ type, key, value: 1 })));
    const up = await listAll(adapter, type, { after: 2 });
    assertEqual(up.map((entry) => entry.key), [3, 5], "the keys after 2");
    const down = await listAll(adapter, type, { after: 4, reverse: true });
    assertEqual(down.map((entry) => entry.key), [3, 1], "the keys before 4");
  },
};
