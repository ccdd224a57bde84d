import { describe, expect, test } from "vitest";
import { StorageLimitError } from "../../../src/persistence/adapter/errors.ts";
import { followed } from "./failing.ts";
import { stored } from "./support.ts";

describe("a document that storage can never take", () => {
  test("is found among the others, which are saved", async () => {
    const { db, saved, storage, errors } = await followed();
    storage.before = (_act, writes) => {
      if (!writes.some(({ key }) => key === 66)) return;
      throw new StorageLimitError("Cannot commit: todos/66 is too large", {
        limit: "value bytes",
        allowed: 1,
        actual: 2,
      });
    };
    for (let id = 2; id <= 100; id++) db.todos.add({ id, title: "new" });
    await expect(saved.flush()).rejects.toThrow("todos/66 is too large");
    expect((await stored(storage.inner, "todos")).size).toBe(99);
    expect(saved.pending).toBe(1);
    expect(saved.status).toBe("failing");
    expect(errors.length).toBe(1);
    storage.before = () => {};
    db.todos.update(66, { title: "shorter" });
    await saved.flush();
    expect(saved.status).toBe("saved");
    expect((await stored(storage.inner, "todos")).size).toBe(100);
  });

  test("is found by its value if that is at fault", async () => {
    const { db, saved, storage, errors } = await followed();
    db.todos.add({ id: 2, title: "good" });
    db.todos.add({ id: 3, title: /a regular expression/ as unknown as string });
    await expect(saved.flush()).rejects.toThrow("todos/3: title is an instance of RegExp");
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual([1, 2]);
    expect(errors.length).toBe(1);
  });

  test('is taken back with onFailure "revert"', async () => {
    const { db, saved } = await followed({ onFailure: "revert" });
    db.todos.put({ id: 1, title: /a regular expression/ as unknown as string });
    await expect(saved.flush()).rejects.toThrow("instance of RegExp");
    expect(db.todos.get(1)).toEqual({ id: 1, title: "stored" });
    expect(saved.pending).toBe(0);
    expect(saved.status).toBe("saved");
  });
});

test("a commit that is too large as a whole is split", async () => {
  const { db, saved, storage } = await followed();
  storage.before = (_act, writes) => {
    if (writes.length <= 10) return;
    const limits = { limit: "bytes per commit", allowed: 10, actual: writes.length };
    throw new StorageLimitError("Cannot commit: too many bytes", limits);
  };
  for (let id = 2; id <= 100; id++) db.todos.add({ id, title: "new" });
  await saved.flush();
  expect((await stored(storage.inner, "todos")).size).toBe(100);
});
