import { describe, expect, test } from "vitest";
import { followed } from "./followed.ts";
import { gate, settled, stored, Watched } from "./support.ts";

describe("following a collection", () => {
  test("writes changes once nothing has changed for a while", async () => {
    const { db, storage, clock, saved } = await followed({ debounce: 50 });
    db.todos.add({ id: 1, title: "a" });
    await clock.advance(49);
    expect(storage.calls).toEqual([]);
    expect(saved.status).toBe("dirty");
    await clock.advance(1);
    expect(await stored(storage.inner, "todos")).toEqual(new Map([[1, { id: 1, title: "a" }]]));
    expect(saved.status).toBe("saved");
  });

  test("waits no longer than maxWait while changes keep coming", async () => {
    const { db, storage, clock } = await followed({ debounce: 50, maxWait: 200 });
    for (let id = 0; id < 10; id++) {
      db.todos.add({ id, title: "a" });
      await clock.advance(30);
    }
    expect(storage.writes.length).toBeGreaterThan(0);
    expect(storage.calls[0]!.writes.length).toBe(7);
  });

  test("waits no longer when the clock is set back", async () => {
    const { db, storage, clock } = await followed({ debounce: 100 });
    db.todos.add({ id: 1, title: "a" });
    await clock.advance(50);
    const now = clock.now.bind(clock);
    clock.now = () => now() - 3_600_000;
    await clock.advance(100);
    expect(storage.writes.length).toBe(1);
  });

  test("writes what changes right after flush is called", async () => {
    const { db, saved, storage, clock } = await followed();
    db.todos.add({ id: 1, title: "a" });
    const flushed = saved.flush();
    db.todos.add({ id: 2, title: "b" });
    await clock.until(flushed);
    await clock.advance(1_000);
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual([1, 2]);
  });

  test("turns 10,000 changes to 100 documents into at most 100 writes", async () => {
    const { db, storage, saved } = await followed();
    for (let change = 0; change < 10_000; change++) {
      db.todos.put({ id: change % 100, title: String(change) });
    }
    await saved.flush();
    expect(storage.writes.length).toBe(100);
    expect(storage.calls.length).toBe(1);
  });

  test("writes one entry when one of 100,000 documents changes", async () => {
    const storage = new Watched();
    await storage.inner.commit(
      Array.from({ length: 100_000 }, (_, id) => {
        return { type: "todos", key: id, value: { id, title: "a" } };
      }),
    );
    const { db, saved } = await followed({}, storage);
    expect(db.todos.count()).toBe(100_000);
    db.todos.update(77_777, { title: "b" });
    await saved.flush();
    expect(storage.writes.map(({ key }) => key)).toEqual([77_777]);
  });

  test("writes nothing for a document that is added and deleted before it is written", async () => {
    const { db, storage, saved } = await followed();
    db.todos.add({ id: 1, title: "a" });
    db.todos.delete(1);
    await saved.flush();
    expect(storage.calls).toEqual([]);
    expect(saved.pending).toBe(0);
  });

  test("writes the newest state of a document and skips those in between", async () => {
    const { db, storage, saved } = await followed();
    const { opened, open } = gate();
    storage.before = () => opened;
    db.todos.put({ id: 1, title: "first" });
    const flushed = saved.flush();
    await settled();
    db.todos.put({ id: 1, title: "second" });
    db.todos.put({ id: 1, title: "third" });
    open();
    await flushed;
    expect(saved.pending).toBe(1);
    await saved.flush();
    expect(storage.writes.map((write) => "value" in write && write.value)).toEqual([
      { id: 1, title: "first" },
      { id: 1, title: "third" },
    ]);
  });
});
