import { describe, expect, test } from "vitest";
import { type PageEvents, persist } from "../../../src/persistence/collections/mod.ts";
import { followed } from "./followed.ts";
import { gate, settled, stored, TestClock, todoStore, Watched } from "./support.ts";

/** A page that a test hides and closes. */
class TestPage extends EventTarget implements PageEvents {
  readonly document: EventTarget & { visibilityState: string } = Object.assign(new EventTarget(), {
    visibilityState: "visible",
  });

  hide(): void {
    this.document.visibilityState = "hidden";
    this.document.dispatchEvent(new Event("visibilitychange"));
  }

  show(): void {
    this.document.visibilityState = "visible";
    this.document.dispatchEvent(new Event("visibilitychange"));
  }

  close(): void {
    this.dispatchEvent(new Event("pagehide"));
  }
}

describe("a page that goes away", () => {
  for (const end of ["hide", "close"] as const) {
    test(`starts to write at once when it is ${end === "hide" ? "hidden" : "closed"}`, async () => {
      const [page, storage, clock, db] = [
        new TestPage(),
        new Watched(),
        new TestClock(),
        todoStore(),
      ];
      await persist(db, storage, { page, clock, debounce: 1_000 });
      db.todos.add({ id: 1, title: "a" });
      page[end]();
      // Only microtasks run between the event and the end of the page.
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      expect(storage.writes.length).toBe(1);
    });
  }

  test("writes nothing when it is shown again, or after close", async () => {
    const [page, storage, clock, db] = [
      new TestPage(),
      new Watched(),
      new TestClock(),
      todoStore(),
    ];
    const saved = await persist(db, storage, { page, clock, debounce: 1_000 });
    db.todos.add({ id: 1, title: "a" });
    page.show();
    await settled();
    expect(storage.writes).toEqual([]);
    await saved.close();
    storage.calls.length = 0;
    page.hide();
    page.close();
    await settled();
    expect(storage.calls).toEqual([]);
  });
});

describe("a Worker", () => {
  test("is kept alive until its changes are stored", async () => {
    const [storage, clock, db] = [new Watched(), new TestClock(), todoStore()];
    const promises: Promise<unknown>[] = [];
    await persist(db, storage, { clock, waitUntil: (promise) => promises.push(promise) });
    expect(promises).toEqual([]);
    db.todos.add({ id: 1, title: "a" });
    db.todos.add({ id: 2, title: "b" });
    expect(promises.length).toBe(1);
    await clock.until(promises[0]!);
    expect((await stored(storage.inner, "todos")).size).toBe(2);
    db.todos.delete(1);
    await clock.until(promises[1]!);
    expect((await stored(storage.inner, "todos")).size).toBe(1);
  });

  test("is also kept alive for what was in memory before", async () => {
    const [storage, clock, db] = [new Watched(), new TestClock(), todoStore()];
    db.todos.add({ id: 1, title: "before" });
    const promises: Promise<unknown>[] = [];
    await persist(db, storage, { clock, waitUntil: (promise) => promises.push(promise) });
    expect(promises.length).toBe(1);
    await clock.until(promises[0]!);
    expect((await stored(storage.inner, "todos")).size).toBe(1);
  });

  test("that cannot be kept alive gets an error, and its changes are stored all the same", async () => {
    const [storage, clock, db] = [new Watched(), new TestClock(), todoStore()];
    const errors: string[] = [];
    const saved = await persist(db, storage, {
      clock,
      waitUntil: () => {
        throw new Error("no request");
      },
      onError: (error) => errors.push((error as Error).message),
    });
    db.todos.add({ id: 1, title: "a" });
    await clock.until(saved.flush());
    expect(errors).toEqual(["no request"]);
    expect((await stored(storage.inner, "todos")).size).toBe(1);
  });

  test("is let go when storage has failed too often", async () => {
    const [storage, clock, db] = [new Watched(), new TestClock(), todoStore()];
    const promises: Promise<unknown>[] = [];
    await persist(db, storage, {
      clock,
      waitUntil: (promise) => promises.push(promise),
      retry: { attempts: 3 },
      onError: () => {},
    });
    storage.before = () => {
      throw new Error("offline");
    };
    storage.calls.length = 0;
    db.todos.add({ id: 1, title: "a" });
    await clock.until(promises[0]!);
    expect(storage.calls.length).toBeGreaterThanOrEqual(3);
  });
});

describe("a signal", () => {
  test("writes what is pending and closes when it aborts", async () => {
    const [storage, clock, db] = [new Watched(), new TestClock(), todoStore()];
    const abort = new AbortController();
    const saved = await persist(db, storage, { clock, signal: abort.signal });
    db.todos.add({ id: 1, title: "a" });
    abort.abort();
    await settled();
    expect(saved.status).toBe("closed");
    expect((await stored(storage.inner, "todos")).size).toBe(1);
  });

  test("opens nothing when it has aborted before", async () => {
    const storage = new Watched();
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(persist(todoStore(), storage, { signal })).rejects.toThrow("too late");
    expect(storage.calls).toEqual([]);
  });
});

describe("an opening that fails", () => {
  test("leaves nothing behind when storage cannot be watched", async () => {
    const [storage, clock, db, page] = [
      new Watched(),
      new TestClock(),
      todoStore(),
      new TestPage(),
    ];
    const watched = new Set<string>();
    storage.watch = (type) => {
      if (type === "lists") throw new Error("no room for another watcher");
      watched.add(type);
      return () => watched.delete(type);
    };
    db.todos.add({ id: 1, title: "before" });
    const opening = persist(db, storage, { clock, page, debounce: 1_000 });
    await expect(opening).rejects.toThrow("no room for another watcher");
    expect([...watched]).toEqual([]);
    db.todos.add({ id: 2, title: "after" });
    page.close();
    await clock.advance(60_000);
    expect(clock.waiting).toBe(0);
    expect(storage.calls).toEqual([]);
  });
});

describe("close", () => {
  test("writes what is pending and stops following", async () => {
    const { db, storage, saved, clock } = await followed();
    db.todos.add({ id: 1, title: "a" });
    await saved.close();
    expect(saved.status).toBe("closed");
    db.todos.add({ id: 2, title: "b" });
    await clock.advance(10_000);
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual([1]);
    expect(clock.waiting).toBe(0);
  });

  test("also writes what changes in the meantime", async () => {
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

  test("is called at the end of an await using block", async () => {
    const storage = new Watched();
    {
      const db = todoStore();
      await using _saved = await persist(db, storage);
      db.todos.add({ id: 1, title: "a" });
    }
    expect((await stored(storage.inner, "todos")).size).toBe(1);
  });
});

test("flush resolves at once when everything is stored", async () => {
  const { saved, storage } = await followed();
  await saved.flush();
  expect(storage.calls).toEqual([]);
});
