import { describe, expect, test } from "vitest";
import {
  type Page,
  persist,
  type Persistence,
  type PersistenceState,
} from "../../src/persistence/collections/mod.ts";
import { gate, settled, stored, TestClock, todoStore, Watched } from "./support.ts";

/** A page that a test hides and closes. */
class TestPage extends EventTarget implements Page {
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
  test("is kept alive until what was changed is stored", async () => {
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

  test("is kept alive for what was in memory before, too", async () => {
    const [storage, clock, db] = [new Watched(), new TestClock(), todoStore()];
    db.todos.add({ id: 1, title: "before" });
    const promises: Promise<unknown>[] = [];
    await persist(db, storage, { clock, waitUntil: (promise) => promises.push(promise) });
    expect(promises.length).toBe(1);
    await clock.until(promises[0]!);
    expect((await stored(storage.inner, "todos")).size).toBe(1);
  });

  test("that cannot be kept alive is told, and changes are stored all the same", async () => {
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
  test("that aborts writes what is pending and closes", async () => {
    const [storage, clock, db] = [new Watched(), new TestClock(), todoStore()];
    const abort = new AbortController();
    const saved = await persist(db, storage, { clock, signal: abort.signal });
    db.todos.add({ id: 1, title: "a" });
    abort.abort();
    await settled();
    expect(saved.status).toBe("closed");
    expect((await stored(storage.inner, "todos")).size).toBe(1);
  });

  test("that has aborted before opens nothing", async () => {
    const storage = new Watched();
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(persist(todoStore(), storage, { signal })).rejects.toThrow("too late");
    expect(storage.calls).toEqual([]);
  });
});

describe("an opening that fails", () => {
  test("leaves nothing behind where storage cannot be watched", async () => {
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

describe("a storage that never answers again", () => {
  const never = () => new Promise(() => {});

  for (const act of ["get", "list"] as const) {
    test(`keeps no timer and holds up nobody else after an abort (${act})`, async () => {
      const [storage, clock, abort] = [new Watched(), new TestClock(), new AbortController()];
      storage.before = (asked) => asked === act ? never() : undefined;
      const errors: unknown[] = [];
      const onError = (error: unknown) => errors.push(error);
      const opening = persist(todoStore(), storage, { clock, signal: abort.signal, onError });
      await settled();
      expect(clock.waiting).toBe(1);
      abort.abort(new Error("enough"));
      await expect(opening).rejects.toThrow("enough");
      await settled();
      expect(clock.waiting).toBe(0);
      expect(errors).toEqual([]);
      storage.before = () => {};
      const saved = await persist(todoStore(), storage, { clock });
      expect(saved.status).toBe("saved");
    });
  }

  test("keeps no timer after close where it was read, and nothing more is asked of it", async () => {
    const [storage, clock, db] = [new Watched().watching(), new TestClock(), todoStore()];
    const saved = await persist(db, storage, { clock });
    let answer = () => {};
    storage.before = (act) => act === "get" && new Promise<void>((resolve) => answer = resolve);
    storage.calls.length = 0;
    const news = { type: "todos", key: 1, value: { id: 1, title: "theirs" } };
    await storage.inner.commit([news]);
    await settled();
    const closed = saved.close();
    answer();
    await closed;
    expect(clock.waiting).toBe(0);
    await storage.inner.commit([news]);
    await settled();
    expect(storage.calls.length).toBe(1);
  });

  test("lets an abort in the middle of a write end, which says what is not stored", async () => {
    const [storage, clock, db, abort] = [
      new Watched(),
      new TestClock(),
      todoStore(),
      new AbortController(),
    ];
    const retry = { attempts: 2, timeout: 1_000 };
    const options = { clock, signal: abort.signal, retry, onError: () => {} };
    const saved = await persist(db, storage, options);
    storage.before = never;
    db.todos.add({ id: 1, title: "a" });
    const flushed = saved.flush();
    await settled();
    abort.abort();
    await expect(clock.until(flushed)).rejects.toThrow("1 documents are in memory only");
    await settled();
    expect({ status: saved.status, pending: saved.pending }).toEqual({
      status: "closed",
      pending: 1,
    });
    expect(clock.waiting).toBe(0);
  });

  test("may answer after close, which changes nothing any more", async () => {
    const [storage, clock, db] = [new Watched(), new TestClock(), todoStore()];
    const promises: Promise<unknown>[] = [];
    const saved = await persist(db, storage, {
      clock,
      retry: { attempts: 1, timeout: 100 },
      waitUntil: (promise) => promises.push(promise),
      onError: () => {},
    });
    const { opened, open } = gate();
    storage.before = () => opened;
    db.todos.add({ id: 1, title: "a" });
    await expect(clock.until(saved.close())).rejects.toThrow("no answer within 100 ms");
    db.todos.clear();
    open();
    await settled();
    expect({ status: saved.status, pending: saved.pending }).toEqual({
      status: "closed",
      pending: 1,
    });
    expect(promises.length).toBe(1);
    expect(storage.calls.length).toBe(storage.calls.findIndex(({ act }) => act === "commit") + 1);
    expect(clock.waiting).toBe(0);
  });

  test("keeps no timer after close in the middle of a call that others wait for", async () => {
    const [storage, clock] = [new Watched(), new TestClock()];
    storage.before = never;
    const opened: Persistence[] = [];
    const openings = [1, 2].map(() =>
      persist(todoStore(), storage, { clock, onOpen: (each) => opened.push(each) })
    );
    await settled();
    await Promise.all([...opened.map((each) => each.close()), ...openings]);
    await settled();
    expect(clock.waiting).toBe(0);
    expect(storage.calls.length).toBe(1);
  });
});

describe("a label that shows how things stand", () => {
  test("goes from saved to dirty to saving to saved", async () => {
    const [storage, clock, db] = [new Watched(), new TestClock(), todoStore()];
    const states: PersistenceState[] = [];
    const saved = await persist(db, storage, { clock });
    const unsubscribe = saved.subscribe((state) => states.push(state));
    const { opened, open } = gate();
    storage.before = () => opened;
    db.todos.add({ id: 1, title: "a" });
    db.todos.add({ id: 2, title: "b" });
    await clock.advance(100);
    open();
    await settled();
    expect(states.map(({ status, pending }) => [status, pending])).toEqual([
      ["saved", 0],
      ["dirty", 1],
      ["saving", 2],
      ["saved", 0],
    ]);
    expect(states.at(-1)?.lastSaved).toBe(clock.now());
    unsubscribe();
    db.todos.delete(1);
    expect(states.length).toBe(4);
  });

  test("gets the same object until something changes", async () => {
    const [storage, clock, db] = [new Watched(), new TestClock(), todoStore()];
    const saved = await persist(db, storage, { clock });
    const before = saved.getSnapshot();
    expect(saved.getSnapshot()).toBe(before);
    db.todos.add({ id: 1, title: "a" });
    expect(saved.getSnapshot()).not.toBe(before);
    expect(saved.getSnapshot()).toEqual({ status: "dirty", pending: 1, lastSaved: undefined });
  });

  test("onSaved tells which documents were stored, and how many wait", async () => {
    const told: unknown[] = [];
    const [storage, db] = [new Watched(), todoStore()];
    const saved = await persist(db, storage, { onSaved: (each) => told.push(each) });
    db.todos.add({ id: 1, title: "a" });
    db.lists.add({ name: "home" });
    await saved.flush();
    db.todos.clear();
    await saved.flush();
    expect(told).toEqual([
      {
        documents: [{ collection: "todos", key: 1 }, { collection: "lists", key: "home" }],
        pending: 0,
      },
      { documents: [{ collection: "todos", key: 1 }], pending: 0 },
    ]);
  });
});
