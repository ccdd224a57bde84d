import { describe, expect, test } from "vitest";
import { followed } from "./followed.ts";
import { gate, settled, stored } from "./support.ts";

describe("clearing a collection", () => {
  test("is one operation, however many documents there were", async () => {
    const { db, storage, saved } = await followed();
    db.todos.bulkAdd(Array.from({ length: 500 }, (_, id) => ({ id, title: "a" })));
    await saved.flush();
    storage.calls.length = 0;
    db.todos.clear();
    await saved.flush();
    expect(storage.calls.map(({ act }) => act)).toEqual(["clear"]);
    expect((await stored(storage.inner, "todos")).size).toBe(0);
  });

  test("keeps its place between the writes before and after it", async () => {
    const { db, storage, saved } = await followed();
    db.todos.bulkAdd([{ id: 1, title: "old" }, { id: 2, title: "old" }]);
    await saved.flush();
    const { opened, open } = gate();
    storage.before = () => opened;
    db.todos.put({ id: 1, title: "late" });
    void saved.flush();
    await settled();
    db.todos.clear();
    db.todos.add({ id: 3, title: "new" });
    open();
    await saved.flush();
    expect(await stored(storage.inner, "todos")).toEqual(new Map([[3, { id: 3, title: "new" }]]));
  });

  test("is tried again after a failure, before anything later is written", async () => {
    const { db, storage, saved, clock } = await followed();
    db.todos.add({ id: 1, title: "old" });
    await saved.flush();
    storage.calls.length = 0;
    let failures = 2;
    storage.before = (act) => {
      if (act === "clear" && failures-- > 0) throw new Error("offline");
    };
    db.todos.clear();
    db.todos.add({ id: 1, title: "new" });
    await clock.until(saved.flush());
    expect(storage.calls.map(({ act }) => act)).toEqual(["clear", "clear", "clear", "commit"]);
    expect(await stored(storage.inner, "todos")).toEqual(new Map([[1, { id: 1, title: "new" }]]));
  });
});
