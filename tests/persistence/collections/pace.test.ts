import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Key } from "../../../src/persistence/adapter/adapter.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { paced } from "./paced.ts";
import { stored, type Todo, todoStore } from "./support.ts";

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

  test("leaves a document dirty while it waits for its turn, and close waits for it", async () => {
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

  test("is not sent a key again within a second of refusing it", async () => {
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

  test("is not waited for any longer when the clock is set back", async () => {
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

  test("is sent a key once a second in all by stores that share an adapter", async () => {
    const { clock, storage, db, saved, times } = await paced();
    const other = todoStore();
    const otherSaved = await persist(other, storage, { clock, debounce: 10 });
    db.todos.put({ id: 1, title: "mine" });
    other.todos.put({ id: 1, title: "theirs" });
    await clock.until(Promise.all([saved.flush(), otherSaved.flush()]));
    expect(times[1]!.at - times[0]!.at).toBeGreaterThanOrEqual(1_000);
  });

  test("is cleared once all keys may be deleted, and gets no key too soon after that", async () => {
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

  test("never gets a key twice within a second, whatever happens when", async () => {
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
