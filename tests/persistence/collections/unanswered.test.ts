import { describe, expect, test } from "vitest";
import { persist, type Persistence } from "../../../src/persistence/collections/mod.ts";
import { gate, settled, TestClock, todoStore, Watched } from "./support.ts";

describe("a storage that never answers again", () => {
  const never = () => new Promise(() => {});

  for (const act of ["get", "list"] as const) {
    test(`leaves no timer and holds up nobody else after an abort (${act})`, async () => {
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

  test("leaves no timer after close in the middle of a read, and is asked for nothing more", async () => {
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

  test("does not hold up an abort in the middle of a write, which says what is not stored", async () => {
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

  test("may answer after close, which changes nothing", async () => {
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

  test("leaves no timer after close in the middle of a call that others wait for", async () => {
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
