import { expect, test } from "vitest";
import type { Write } from "../../../src/persistence/adapter/adapter.ts";
import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";

test.each([false, null, 0, "yes"])(
  "delete: %j is refused before anything is written",
  async (no) => {
    const store = new MemoryStore();
    await store.commit([{ type: "Note", key: "a", value: 1 }]);
    const doubtful = { type: "Note", key: "a", value: 2, delete: no } as unknown as Write;
    const commit = store.commit([{ type: "Note", key: "b", value: 1 }, doubtful]);
    await expect(commit).rejects.toThrow(
      new TypeError(
        "Cannot commit Note/a to MemoryStore: delete must be true; leave it out to store a value",
      ),
    );
    expect(await store.load("Note", "a")).toBe(1);
    expect(await store.load("Note", "b")).toBeNull();
  },
);

test("delete: undefined is a delete left out", async () => {
  const store = new MemoryStore();
  await store.commit([{ type: "Note", key: "a", value: 1, delete: undefined } as unknown as Write]);
  expect(await store.load("Note", "a")).toBe(1);
});
