import { describe, expect, test } from "vitest";
import { persist, type PersistOptions } from "../../src/persistence/collections/mod.ts";
import { Ramify, type Schema } from "../../src/store/mod.ts";
import {
  gate,
  settled,
  stored,
  TestClock,
  type Todo,
  type TodoStore,
  todoStore,
  Watched,
} from "./support.ts";

/** A store that is followed, on a clock and a storage that the test controls. */
async function followed(options: PersistOptions = {}, storage: Watched = new Watched()) {
  const clock = new TestClock();
  const errors: unknown[] = [];
  const db = todoStore();
  const saved = await persist(db, storage, {
    clock,
    random: () => 1,
    onError: (error) => errors.push(error),
    ...options,
  });
  storage.calls.length = 0;
  return { db, saved, storage, clock, errors };
}

describe("following a collection", () => {
  test("writes what changed once nothing has changed for a while", async () => {
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

  test("waits no longer because the clock was set back", async () => {
    const { db, storage, clock } = await followed({ debounce: 100 });
    db.todos.add({ id: 1, title: "a" });
    await clock.advance(50);
    const now = clock.now.bind(clock);
    clock.now = () => now() - 3_600_000;
    await clock.advance(100);
    expect(storage.writes.length).toBe(1);
  });

  test("writes what changes right after a flush was asked for", async () => {
    const { db, saved, storage, clock } = await followed();
    db.todos.add({ id: 1, title: "a" });
    const flushed = saved.flush();
    db.todos.add({ id: 2, title: "b" });
    await clock.until(flushed);
    await clock.advance(1_000);
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual([1, 2]);
  });

  test("makes at most 100 writes of 10,000 changes to 100 documents", async () => {
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

  test("writes nothing for a document that was added and deleted in between", async () => {
    const { db, storage, saved } = await followed();
    db.todos.add({ id: 1, title: "a" });
    db.todos.delete(1);
    await saved.flush();
    expect(storage.calls).toEqual([]);
    expect(saved.pending).toBe(0);
  });

  test("writes the state at the time of writing, which is the newest", async () => {
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

  test("keeps a delete behind a slow write of the same document", async () => {
    const { db, storage, saved } = await followed();
    const { opened, open } = gate();
    storage.before = () => opened;
    db.todos.put({ id: 1, title: "a" });
    void saved.flush();
    await settled();
    db.todos.delete(1);
    open();
    await saved.flush();
    expect(await stored(storage.inner, "todos")).toEqual(new Map());
  });

  test("has one commit under way at a time, however many persist calls share the adapter", async () => {
    const storage = new Watched();
    const [one, two] = [await followed({}, storage), await followed({}, storage)];
    let underWay = 0;
    let most = 0;
    storage.before = async () => {
      most = Math.max(most, ++underWay);
      await settled();
    };
    storage.after = () => underWay--;
    one.db.todos.add({ id: 1, title: "a" });
    two.db.lists.add({ name: "b" });
    await Promise.all([one.saved.flush(), two.saved.flush()]);
    expect(storage.calls.length).toBe(2);
    expect(most).toBe(1);
  });

  test("splits what is dirty into commits that the backend takes whole, in the order of the changes", async () => {
    const storage = new Watched(undefined, { atomicWrites: 40 });
    const { db, saved } = await followed({}, storage);
    for (let id = 100; id > 0; id--) db.todos.add({ id, title: "a" });
    await saved.flush();
    expect(storage.calls.map(({ writes }) => writes.length)).toEqual([40, 40, 20]);
    expect(storage.writes.map(({ key }) => key)).toEqual(
      Array.from({ length: 100 }, (_, index) => 100 - index),
    );
  });

  test("commits what changed in several collections together", async () => {
    const { db, storage, saved } = await followed();
    db.transaction(() => {
      db.lists.add({ name: "home" });
      db.todos.add({ id: 1, title: "a", list: "home" });
    });
    await saved.flush();
    expect(storage.calls.map(({ writes }) => writes.map(({ type }) => type))).toEqual([
      ["lists", "todos"],
    ]);
  });

  test("a bulk write that fails leaves nothing to save, and later changes are saved", async () => {
    const { db, storage, saved } = await followed();
    db.todos.add({ id: 1, title: "a" });
    expect(() => db.todos.bulkAdd([{ id: 5, title: "b" }, { id: 1, title: "c" }])).toThrow();
    db.todos.add({ id: 6, title: "d" });
    await saved.flush();
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual([1, 6]);
  });

  test("follows a document to its new key", async () => {
    const { db, storage, saved } = await followed();
    db.todos.add({ id: 1, title: "a" });
    await saved.flush();
    db.todos.update(1, { id: 2 });
    await saved.flush();
    expect(await stored(storage.inner, "todos")).toEqual(new Map([[2, { id: 2, title: "a" }]]));
  });

  test("a store that hands out copies is followed like any other", async () => {
    const db = new Ramify().createStore<{ todos: Schema<Todo, "id"> }>(
      { todos: { primaryKey: "id" } },
      { detached: true },
    );
    const storage = new Watched();
    const clock = new TestClock();
    const saved = await persist(db, storage, { clock, onError: () => {} });
    let failures = 2;
    storage.after = (act) => {
      if (act === "commit" && failures-- > 0) throw new Error("failed after it was applied");
    };
    db.todos.add({ id: 1, title: "a" });
    const copy = db.todos.get(1)!;
    copy.title = "is not stored";
    await clock.until(saved.flush());
    expect(await stored(storage.inner, "todos")).toEqual(new Map([[1, { id: 1, title: "a" }]]));
    await saved.close();
  });

  test("one collection can be kept in several storages, and alone", async () => {
    const db = todoStore();
    const [left, right] = [new Watched(), new Watched()];
    await using savedLeft = await persist(db.todos, left);
    await using savedRight = await persist(db.todos, right);
    db.todos.add({ id: 1, title: "a" });
    db.lists.add({ name: "unsaved" });
    await Promise.all([savedLeft.flush(), savedRight.flush()]);
    for (const { inner } of [left, right]) {
      expect((await stored(inner, "todos")).size).toBe(1);
      expect((await stored(inner, "lists")).size).toBe(0);
    }
  });

  test("refuses what is neither a store nor a collection", async () => {
    await expect(persist({} as TodoStore, new Watched())).rejects.toThrow("Cannot persist this");
  });
});

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

  test("that fails is tried again before anything later is written", async () => {
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

describe("the end", () => {
  test("close writes what is pending and stops following", async () => {
    const { db, storage, saved, clock } = await followed();
    db.todos.add({ id: 1, title: "a" });
    await saved.close();
    expect(saved.status).toBe("closed");
    db.todos.add({ id: 2, title: "b" });
    await clock.advance(10_000);
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual([1]);
    expect(clock.waiting).toBe(0);
  });

  test("close writes what changes while it does so, too", async () => {
    const { db, storage, saved, clock } = await followed();
    const { opened, open } = gate();
    storage.before = () => opened;
    db.todos.add({ id: 1, title: "before" });
    const closed = saved.close();
    await settled();
    db.todos.add({ id: 2, title: "while closing" });
    open();
    await closed;
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual([1, 2]);
    expect({ pending: saved.pending, timers: clock.waiting }).toEqual({ pending: 0, timers: 0 });
  });

  test("of an await using block writes what is pending", async () => {
    const storage = new Watched();
    {
      const db = todoStore();
      await using _saved = await persist(db, storage);
      db.todos.add({ id: 1, title: "a" });
    }
    expect((await stored(storage.inner, "todos")).size).toBe(1);
  });

  test("flush resolves at once when everything is stored", async () => {
    const { saved, storage } = await followed();
    await saved.flush();
    expect(storage.calls).toEqual([]);
  });
});
