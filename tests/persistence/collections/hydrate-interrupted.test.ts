import { describe, expect, test } from "vitest";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { gate, settled, storageWith, stored, TestClock, todoStore, Watched } from "./support.ts";

describe("hydration", () => {
  test("goes on where it stopped when storage fails in between", async () => {
    const storage = await storageWith(2_500);
    const list = storage.list.bind(storage);
    let failures = 2;
    storage.list = async function* (type, options) {
      let count = 0;
      for await (const entry of list(type, options)) {
        if (++count === 800 && failures-- > 0) throw new Error("connection lost");
        yield entry;
      }
    };
    const clock = new TestClock();
    const db = todoStore();
    const errors: string[] = [];
    await using _saved = await clock.until(persist(db.todos, storage, {
      clock,
      onError: (error) => errors.push((error as Error).message),
    }));
    expect(db.todos.count()).toBe(2_500);
    expect(errors).toEqual(["connection lost", "connection lost"]);
  });

  test("gives up only after consecutive failures without progress in between", async () => {
    const storage = await storageWith(5_000);
    const db = todoStore();
    const clock = new TestClock();
    storage.pages = async function* (type, options) {
      yield* storage.inner.pages(type, { ...options, limit: 1_000 });
      if (db.todos.count() < 5_000) throw new Error("cut off");
    };
    const options = { clock, retry: { attempts: 2 }, onError: () => {} };
    await using _saved = await clock.until(persist(db.todos, storage, options));
    expect(db.todos.count()).toBe(5_000);
  });

  test("asks again when storage does not answer", async () => {
    const storage = await storageWith(5);
    const list = storage.list.bind(storage);
    let isFirst = true;
    storage.list = async function* (type, options) {
      for await (const entry of list(type, options)) {
        if (entry.key === 3 && isFirst) {
          isFirst = false;
          await new Promise(() => {});
        }
        yield entry;
      }
    };
    const clock = new TestClock();
    const db = todoStore();
    const options = { clock, storageTimeout: 500, onError: () => {} };
    await using _saved = await clock.until(persist(db.todos, storage, options));
    expect(db.todos.count()).toBe(5);
  });

  test("rejects when storage fails for good, and follows no longer", async () => {
    const storage = new Watched();
    storage.before = () => {
      throw new Error("no disk");
    };
    const clock = new TestClock();
    const db = todoStore();
    const options = { clock, retry: { attempts: 3 }, onError: () => {} };
    await expect(clock.until(persist(db, storage, options))).rejects.toThrow("no disk");
    db.todos.add({ id: 1, title: "a" });
    expect(storage.calls.length).toBe(3);
    expect(clock.waiting).toBe(0);
  });

  test("puts nothing into memory once persistence is closed", async () => {
    const storage = await storageWith(3);
    const listed = gate();
    storage.before = (act) => act === "list" ? listed.opened : undefined;
    const db = todoStore();
    const opening = persist(db.todos, storage, { onOpen: (saved) => void saved.close() });
    await settled();
    await opening;
    db.todos.add({ id: 1, title: "mine" });
    listed.open();
    await settled();
    expect(db.todos.toArray()).toEqual([{ id: 1, title: "mine" }]);
  });

  test("saves what is written at the moment of closing, and nothing after that", async () => {
    const storage = await storageWith(3);
    const { todos } = todoStore();
    let closed: Promise<void> | undefined;
    const saved = await persist(todos, storage, {
      onOpen: (opening) => {
        closed = opening.close();
        todos.add({ id: 9, title: "mine" });
      },
    });
    await closed;
    todos.add({ id: 10, title: "after" });
    expect({ status: saved.status, pending: saved.pending }).toEqual({
      status: "closed",
      pending: 0,
    });
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual([0, 1, 2, 9]);
  });

  test("stops when its signal aborts, even if storage never answers", async () => {
    const storage = new Watched();
    storage.before = () => new Promise(() => {});
    const abort = new AbortController();
    const clock = new TestClock();
    const opening = persist(todoStore(), storage, { signal: abort.signal, clock });
    await settled();
    abort.abort(new Error("enough"));
    await expect(opening).rejects.toThrow("enough");
  });
});
