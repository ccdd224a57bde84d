import type { Write } from "../adapter.ts";
import { StorageLimitError } from "../errors.ts";
import { assert, assertEqual, assertRejects } from "./assert.ts";
import { type CaseGroup, listAll } from "./case.ts";

const LARGEST_TRIED = 40_000_000;

/** What is too large is refused by name before anything is written; what the backend permits fits. */
export const limits: CaseGroup = {
  "a document of 300 kB fits wherever the backend permits it": async ({ adapter, type }) => {
    const size = Math.min(300_000, adapter.capabilities.maxValueBytes - 100);
    const value = { text: "x".repeat(size), at: new Date(0) };
    await adapter.commit([{ type, key: "a", value }, { type, key: "b", value: "small" }]);
    assertEqual((await adapter.get(type, "a"))?.value, value, "the document");
    assertEqual(
      (await listAll(adapter, type)).map((entry) => entry.value),
      [value, "small"],
      "all",
    );
    await adapter.commit([{ type, key: "a", value: "small again" }]);
    assertEqual((await adapter.get(type, "a"))?.value, "small again", "the smaller document");
    await adapter.commit([{ type, key: "a", delete: true }]);
    assertEqual((await listAll(adapter, type)).map((entry) => entry.key), ["b"], "the rest");
  },

  "a value of capabilities.maxValueBytes fits, and one more byte is refused": async (context) => {
    const { adapter, type } = context;
    // Two quotes are the smallest that an encoding adds to a string.
    const size = Math.min(adapter.capabilities.maxValueBytes, LARGEST_TRIED) - 2;
    await adapter.commit([{ type, key: "a", value: "x".repeat(size) }]);
    const value = (await adapter.get(type, "a"))?.value as string;
    assertEqual(value.length, size, "the length of the value");
    if (adapter.capabilities.maxValueBytes > LARGEST_TRIED) return;
    const commit = adapter.commit([
      { type, key: "b", value: 1 },
      { type, key: "c", value: "x".repeat(size + 1) },
    ]);
    const error = await assertRejects(commit, "StorageLimitError", "the commit");
    assert(error instanceof StorageLimitError, "it is the StorageLimitError of rian");
    assert(error.actual > error.allowed, "it says what was allowed and what was needed");
    assert(error.message.includes(type), "it names the entry");
    assertEqual(await adapter.get(type, "b"), undefined, "the entry before it");
  },

  "size is counted in bytes and not in characters": async ({ adapter, type }) => {
    const { maxValueBytes } = adapter.capabilities;
    if (maxValueBytes > LARGEST_TRIED) {
      const value = "☘".repeat(100_000);
      await adapter.commit([{ type, key: "a", value }]);
      return assertEqual((await adapter.get(type, "a"))?.value, value, "the value");
    }
    const value = "☘".repeat(Math.ceil(maxValueBytes / 3));
    const commit = adapter.commit([{ type, key: "a", value }]);
    await assertRejects(commit, "StorageLimitError", "the commit");
  },

  "a commit past capabilities.atomicWrites is split, or refused if it is conditional": async (
    { adapter, type },
  ) => {
    const count = Math.min(adapter.capabilities.atomicWrites, 2_000) + 1;
    const writes = Array.from({ length: count }, (_, key): Write => ({ type, key, value: key }));
    const versions = await adapter.commit(writes);
    assertEqual(versions.length, count, "the number of versions");
    assertEqual((await listAll(adapter, type)).length, count, "the number of entries");
    const { conditional, atomicWrites } = adapter.capabilities;
    if (conditional === "none" || atomicWrites > 2_000) return;
    const more = writes.map((write) => ({ ...write, type: `${type} more` }));
    const commit = adapter.commit([...more.slice(1), { ...more[0]!, ifVersion: null }]);
    await assertRejects(commit, "StorageLimitError", "the conditional commit");
    assertEqual(await listAll(adapter, `${type} more`), [], "the entries");
  },
};
