import { describe, expect, test } from "vitest";
import type { Write } from "../../../src/persistence/adapter/adapter.ts";
import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";

const isNoDelete = "delete must be true; leave it out to store a value";
const isNoCheck = "check must be true; leave it out to store a value";
const needsVersion =
  "a check needs ifVersion; give the version that was read, or null for no entry";
const isBoth = "it has both delete and check; leave one of them out";

describe("a write of which it is not clear what it should do", () => {
  test.each([
    [{ delete: false }, isNoDelete],
    [{ delete: null }, isNoDelete],
    [{ delete: 0 }, isNoDelete],
    [{ delete: "yes" }, isNoDelete],
    [{ check: false, ifVersion: null }, isNoCheck],
    [{ check: 1, ifVersion: null }, isNoCheck],
    [{ check: true }, needsVersion],
    [{ check: true, delete: true, ifVersion: null }, isBoth],
    [{ check: true, delete: false, ifVersion: null }, isNoDelete],
  ])("is refused before anything is written: %j", async (flags, problem) => {
    const store = new MemoryStore();
    await store.commit([{ type: "Note", key: "a", value: 1 }]);
    const doubtful = { type: "Note", key: "a", value: 2, ...flags } as unknown as Write;
    const commit = store.commit([{ type: "Note", key: "b", value: 1 }, doubtful]);
    await expect(commit).rejects.toThrow(
      new TypeError(`Cannot commit Note/a to MemoryStore: ${problem}`),
    );
    expect(await store.load("Note", "a")).toBe(1);
    expect(await store.load("Note", "b")).toBeNull();
  });

  test.each([{ delete: undefined }, { check: undefined }])(
    "is a put where it has %j",
    async (flags) => {
      const store = new MemoryStore();
      await store.commit([{ type: "Note", key: "a", value: 1, ...flags } as unknown as Write]);
      expect(await store.load("Note", "a")).toBe(1);
    },
  );
});
