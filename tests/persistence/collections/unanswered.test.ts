import { describe, expect, test } from "vitest";
import { persist, type Persistence } from "../../../src/persistence/collections/mod.ts";
import { gate, settled, stored, TestClock, todoStore, Watched } from "./support.ts";

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

  const calls = {
    "a get while documents are read": "get",
    "a list": "list",
    "a count": "count",
    "a commit": "commit",
    "a clear": "clear",
    "the read of news": "get",
  } as const;
  for (const [call, hanging] of Object.entries(calls)) {
    for (const [storageTimeout, milliseconds] of [[undefined, 5_000], [700, 700]] as const) {
      test(`counts as failed after ${milliseconds} ms in ${call}, and is asked again`, async () => {
        const [storage, clock, db] = [new Watched().watching(), new TestClock(), todoStore()];
        storage.count = async (type) => {
          await storage.before("count" as never, []);
          return await storage.inner.count(type);
        };
        const errors: { message: string; at: number }[] = [];
        let askedAt = 0;
        const hang = () => {
          storage.before = (act) => {
            if (act as string !== hanging) return;
            askedAt = clock.now();
            storage.before = () => {};
            return never();
          };
        };
        const isReading = ["a get while documents are read", "a list", "a count"].includes(call);
        if (isReading) hang();
        const saved = await clock.until(persist(db, storage, {
          clock,
          ...storageTimeout && { storageTimeout },
          onProgress: () => {},
          onError: (error) => errors.push({ message: (error as Error).message, at: clock.now() }),
        }));
        db.todos.add({ id: 1, title: "mine" });
        await clock.until(saved.flush());
        if (!isReading) hang();
        if (call === "a commit") db.todos.add({ id: 2, title: "mine" });
        if (call === "a clear") db.todos.clear();
        if (call === "the read of news") {
          await storage.inner.commit([{ type: "todos", key: 3, value: { id: 3, title: "new" } }]);
        }
        await clock.until(saved.flush());
        expect(errors).toEqual([{
          message: `Cannot reach the test's storage: no answer within ${milliseconds} ms; ` +
            "raise storageTimeout if it is that slow",
          at: askedAt + milliseconds,
        }]);
        const keys = { "a commit": [1, 2], "a clear": [], "the read of news": [1, 3] };
        expect(db.todos.keys()).toEqual(keys[call as keyof typeof keys] ?? [1]);
        expect([...(await stored(storage.inner, "todos")).keys()]).toEqual(db.todos.keys());
        await saved.close();
        expect(clock.waiting).toBe(0);
      });
    }
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
    const retry = { attempts: 2 };
    const options = {
      clock,
      signal: abort.signal,
      retry,
      storageTimeout: 1_000,
      onError: () => {},
    };
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
      retry: { attempts: 1 },
      storageTimeout: 100,
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
