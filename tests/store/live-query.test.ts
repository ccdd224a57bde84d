import { describe, expect, test, vi } from "vitest";
import { liveQuery } from "../../src/store/mod.ts";
import { counted, itemStore } from "./support.ts";

describe("a live query", () => {
  test("reports its result at once and whenever it changes", () => {
    const { items } = itemStore();
    const live = liveQuery(() => items.where("status").equals("a").keys());
    const told: number[][] = [];
    const unsubscribe = live.subscribe((keys) => void told.push(keys));
    items.put({ id: 1, status: "a" });
    items.put({ id: 2, status: "b" });
    items.update(2, { status: "a" });
    items.delete(1);
    unsubscribe();
    items.clear();
    expect(told).toEqual([[], [1], [1, 2], [2]]);
  });

  test("first followed inside a transaction forgets what is rolled back, and keeps what is committed", () => {
    const db = itemStore();
    const { items } = db;
    for (const [fails, count] of [[true, 0], [false, 1]] as const) {
      const live = liveQuery(() => items.count());
      const attempt = () =>
        db.transaction(() => {
          items.put({ id: 1 });
          live.subscribe(() => {});
          if (fails) throw new Error("taken back");
        });
      if (fails) expect(attempt).toThrow("taken back");
      else attempt();
      expect(live.getSnapshot()).toBe(count);
      expect(items.count()).toBe(count);
    }
  });

  test("keeps its snapshot until the result changes, followed or not", () => {
    const { items } = itemStore();
    items.bulkPut([{ id: 1, n: 1 }, { id: 2, n: 5 }]);
    const live = liveQuery(() => items.filter((item) => item.n! > 2).toArray());
    const first = live.getSnapshot();
    expect(live.getSnapshot()).toBe(first);
    items.update(1, { n: 2 });
    expect(live.getSnapshot()).toBe(first);
    const listener = vi.fn();
    const unsubscribe = live.subscribe(listener);
    items.update(1, { n: 1 });
    expect(live.getSnapshot()).toBe(first);
    expect(listener).toHaveBeenCalledTimes(1);
    items.update(1, { n: 3 });
    expect(live.getSnapshot()).toEqual([{ id: 1, n: 3 }, { id: 2, n: 5 }]);
    unsubscribe();
    items.delete(1);
    expect(live.getSnapshot()).toEqual(first);
  });

  test("can be read by an observer before its listeners hear of the change, and they still do", () => {
    const { items } = itemStore();
    const live = liveQuery(() => items.keys());
    const told: number[][] = [];
    live.subscribe((keys) => void told.push(keys));
    items.subscribe(() => {
      expect(live.getSnapshot()).toEqual([1]);
    });
    items.put({ id: 1 });
    expect(told).toEqual([[], [1]]);
  });

  test("is followed by a live query that reads it", () => {
    const { items } = itemStore();
    const count = liveQuery(() => items.count());
    const doubled = liveQuery(() => count.getSnapshot() * 2);
    const told: number[] = [];
    doubled.subscribe((value) => void told.push(value));
    items.bulkPut([{ id: 1 }, { id: 2 }]);
    items.delete(1);
    expect(told).toEqual([0, 4, 2]);
  });

  test("stops following the store when nobody listens any more, or when it is disposed of", () => {
    const { items } = itemStore();
    const { live, run } = counted(() => items.count());
    {
      using disposed = live;
      disposed.subscribe(() => {});
      disposed.subscribe(() => {});
    }
    const unsubscribe = live.subscribe(() => {});
    unsubscribe();
    run.mockClear();
    items.put({ id: 1 });
    expect(run).not.toHaveBeenCalled();
    expect(live.getSnapshot()).toBe(1);
  });

  test("throws if its callback writes, and writes nothing", () => {
    const { items } = itemStore();
    expect(() => liveQuery(() => items.put({ id: 1 })).getSnapshot()).toThrow(/live query/);
    expect(items.count()).toBe(0);
  });
});
