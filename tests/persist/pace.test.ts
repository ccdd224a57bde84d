import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Key } from "../../src/persistence/adapter.ts";
import { persist, type PersistOptions } from "../../src/persistence/collections/mod.ts";
import { gate, settled, stored, TestClock, type Todo, todoStore, Watched } from "./support.ts";

/** A followed store on a platform that takes a key once a second, as Workers KV does, and when it was written. */
async function paced(options: PersistOptions = {}) {
  const clock = new TestClock();
  const begun = clock.now();
  const storage = new Watched(undefined, {
    conditional: "none",
    atomicWrites: 1,
    writesPerSecondPerKey: 1,
  });
  const times: { key: Key | "all"; at: number }[] = [];
  storage.before = (act, writes) => {
    if (act === "clear") times.push({ key: "all", at: clock.now() - begun });
    for (const { key } of writes) times.push({ key, at: clock.now() - begun });
  };
  const db = todoStore();
  const saved = await persist(db, storage, {
    clock,
    debounce: 10,
    maxWait: 10,
    onError: () => {},
    ...options,
  });
  return { clock, storage, db, saved, times };
}

describe("a platform that takes one write a second to a key", () => {
  test("gets each key once a second, in its newest state, while others go on", async () => {
    const { clock, storage, db, saved, times } = await paced();
    for (let change = 0; change < 25; change++) {
      db.todos.put({ id: 1, title: `change ${change}` });
      if (change === 3) db.todos.put({ id: 2, title: "other" });
      await clock.advance(100);
    }
    await clock.until(saved.flush());
    expect(times).toEqual([
      { key: 1, at: 10 },
      { key: 2, at: 310 },
      { key: 1, at: 1_010 },
      { key: 1, at: 2_010 },
      { key: 1, at: 3_010 },
    ]);
    expect((await stored(storage.inner, "todos")).get(1)).toEqual({ id: 1, title: "change 24" });
    expect(saved.status).toBe("saved");
  });

  test("has what waits for its turn called dirty, and closing waits for it", async () => {
    const { clock, storage, db, saved } = await paced();
    db.todos.add({ id: 1, title: "a" });
    await clock.until(saved.flush());
    db.todos.update(1, { title: "b" });
    await clock.advance(500);
    expect({ status: saved.status, pending: saved.pending }).toEqual({
      status: "dirty",
      pending: 1,
    });
    await clock.until(saved.close());
    expect((await stored(storage.inner, "todos")).get(1)).toEqual({ id: 1, title: "b" });
    expect(clock.waiting).toBe(0);
  });

  test("is not asked for a key again at once after it said no", async () => {
    const { clock, storage, db, saved, times } = await paced({ retry: { minDelay: 1 } });
    const { before } = storage;
    let refusals = 2;
    storage.before = (act, writes) => {
      before(act, writes);
      if (writes[0]?.key === 1 && refusals-- > 0) throw new Error("429 Too Many Requests");
    };
    db.todos.add({ id: 1, title: "a" });
    db.todos.add({ id: 2, title: "b" });
    await clock.until(saved.flush());
    expect(times.map(({ key }) => key)).toEqual([1, 2, 1, 1]);
    const [first, , second, third] = times.map(({ at }) => at);
    expect(second! - first!).toBeGreaterThanOrEqual(1_000);
    expect(third! - second!).toBeGreaterThanOrEqual(1_000);
    expect(saved.status).toBe("saved");
  });

  test("gets up to six keys at a time, and one that fails holds up none of the others", async () => {
    const { clock, storage, db, saved } = await paced({
      onFailure: "revert",
      retry: { attempts: 1 },
    });
    const acknowledged: Key[] = [];
    let [running, most] = [0, 0];
    storage.before = async (act, [write]) => {
      if (act !== "commit") return;
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, 100));
      running--;
      if (write!.key === 3) throw new Error("429 Too Many Requests");
      acknowledged.push(write!.key);
    };
    const begun = clock.now();
    for (let id = 0; id < 12; id++) db.todos.add({ id, title: "new" });
    await expect(clock.until(saved.flush())).rejects.toThrow("429");
    await clock.until(saved.flush());
    expect(most).toBe(6);
    expect(clock.now() - begun).toBeLessThan(1_000);
    const others = [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11];
    expect(acknowledged.sort((a, b) => Number(a) - Number(b))).toEqual(others);
    expect(db.todos.keys()).toEqual(others);
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual(others);
    expect(storage.writes.every((write) => !("ifVersion" in write))).toBe(true);
  });

  test("gets what moved to another key there before it is gone from the first", async () => {
    const { clock, storage, db, saved } = await paced();
    db.todos.add({ id: 1, title: "a" });
    db.todos.add({ id: 2, title: "b" });
    await clock.until(saved.flush());
    await clock.advance(1_000);
    const { opened, open } = gate();
    storage.before = () => opened;
    storage.calls.length = 0;
    db.todos.add({ id: 11, title: "a" });
    db.todos.add({ id: 12, title: "b" });
    db.todos.bulkDelete([1, 2]);
    const flushed = saved.flush();
    await settled();
    expect(storage.writes.map(({ key }) => key)).toEqual([11, 12]);
    open();
    await clock.until(flushed);
    expect(storage.writes.map(({ key }) => key)).toEqual([11, 12, 1, 2]);
  });

  test("is not waited for by a clock that was set back", async () => {
    const { clock, storage, db, saved } = await paced();
    db.todos.put({ id: 1, title: "a" });
    await clock.until(saved.flush());
    const now = clock.now.bind(clock);
    clock.now = () => now() - 3_600_000;
    db.todos.put({ id: 1, title: "b" });
    await clock.advance(2_000);
    expect((await stored(storage.inner, "todos")).get(1)).toEqual({ id: 1, title: "b" });
    expect(saved.status).toBe("saved");
  });

  test("keeps the pace with all who write to it through one adapter", async () => {
    const { clock, storage, db, saved, times } = await paced();
    const other = todoStore();
    const otherSaved = await persist(other, storage, { clock, debounce: 10 });
    db.todos.put({ id: 1, title: "mine" });
    other.todos.put({ id: 1, title: "theirs" });
    await clock.until(Promise.all([saved.flush(), otherSaved.flush()]));
    expect(times[1]!.at - times[0]!.at).toBeGreaterThanOrEqual(1_000);
  });

  test("is cleared once its keys can be deleted, and no key is written too soon after that", async () => {
    const { clock, storage, db, saved, times } = await paced();
    db.todos.add({ id: 1, title: "a" });
    db.lists.add({ name: "home" });
    await clock.until(saved.flush());
    const [written] = times.splice(0);
    db.todos.clear();
    db.todos.add({ id: 1, title: "b" });
    db.lists.add({ name: "work" });
    await clock.until(saved.flush());
    expect(times.map(({ key }) => key)).toEqual(["work", "all", 1]);
    expect(times[1]!.at - written!.at).toBeGreaterThanOrEqual(1_000);
    expect(times[2]!.at - times[1]!.at).toBeGreaterThanOrEqual(1_000);
    expect(await stored(storage.inner, "todos")).toEqual(new Map([[1, { id: 1, title: "b" }]]));
  });

  test("never gets a key twice within a second, whatever is done when", async () => {
    const step = fc.record({
      act: fc.constantFrom("put", "put", "put", "delete", "flush", "clear", "nothing"),
      id: fc.integer({ min: 0, max: 2 }),
      wait: fc.integer({ min: 0, max: 700 }),
      fails: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { clock, storage, db, saved, times } = await paced({
          retry: { minDelay: 10, maxDelay: 100 },
        });
        const { before } = storage;
        let isBroken = false;
        storage.before = (act, writes) => {
          before(act, writes);
          if (isBroken) throw new Error("429 Too Many Requests");
        };
        for (const { act, id, wait, fails } of steps) {
          isBroken = fails;
          if (act === "put") db.todos.put({ id, title: `at ${clock.now()}` });
          if (act === "delete") db.todos.delete(id);
          if (act === "clear") db.todos.clear();
          if (act === "flush") void saved.flush().catch(() => {});
          await clock.advance(wait);
        }
        isBroken = false;
        await clock.advance(60_000);
        await clock.until(saved.close());
        const expected = db.todos.toArray().map((todo): [Key, Todo] => [todo.id, todo]);
        expect(await stored(storage.inner, "todos")).toEqual(new Map(expected));
        for (const [index, { key, at }] of times.entries()) {
          const next = times.slice(index + 1).find((each) => {
            return key === "all" || each.key === "all" || each.key === key;
          });
          expect((next?.at ?? Infinity) - at).toBeGreaterThanOrEqual(1_000);
        }
      }),
      { numRuns: 300 },
    );
  });
});
