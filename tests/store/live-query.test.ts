import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { liveQuery } from "../../src/store/mod.ts";
import { type Item, itemStore } from "./support.ts";

/** A live query that counts how often its callback runs. */
function counted<R>(callback: () => R) {
  const run = vi.fn(callback);
  return { run, live: liveQuery(run) };
}

describe("a live query", () => {
  test("tells its result at once and whenever it is another one", () => {
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

  test("that is first followed inside of a transaction forgets what is taken back, and learns what stays", () => {
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

  test("follows what its callback reads now, over several collections", () => {
    const { items, others } = itemStore();
    items.put({ id: 1, n: 7 });
    const { live, run } = counted(() => others.get(items.get(1)?.n ?? -1)?.note);
    live.subscribe(() => {});
    others.put({ id: 7, note: "seven" });
    expect(live.getSnapshot()).toBe("seven");
    items.update(1, { n: 8 });
    expect(live.getSnapshot()).toBeUndefined();
    run.mockClear();
    others.put({ id: 7, note: "again" });
    expect(run).not.toHaveBeenCalled();
    others.put({ id: 8, note: "eight" });
    expect(live.getSnapshot()).toBe("eight");
  });

  test("runs again only after a change that can touch its result", () => {
    const { items } = itemStore();
    items.bulkPut(
      Array.from(
        { length: 20 },
        (_, id) => ({ id, n: id, status: "s" + id % 2, tags: ["t" + id] }),
      ),
    );
    const queries = {
      key: counted(() => items.get(3)),
      equals: counted(() => items.where("status").equals("s0").count()),
      element: counted(() => items.where("tags").anyOf(["t1", "t2"]).toArray()),
      range: counted(() => items.where("n").between(5, 8).toArray()),
      page: counted(() => items.sortBy("n").limit(4).toArray()),
      lastPage: counted(() => items.sortBy("n").reverse().limit(4).toArray()),
      everything: counted(() => items.count()),
    };
    for (const { live } of Object.values(queries)) live.subscribe(() => {});

    function touched(write: () => void): string[] {
      for (const { run } of Object.values(queries)) run.mockClear();
      write();
      return Object.entries(queries).filter(([, { run }]) => run.mock.calls.length > 0).map((
        [name],
      ) => name);
    }

    expect(touched(() => items.update(3, { note: "x" }))).toEqual(["key", "page", "everything"]);
    expect(touched(() => items.update(10, { note: "x" }))).toEqual(["equals", "everything"]);
    expect(touched(() => items.update(1, { tags: ["t1", "t9"] }))).toEqual([
      "element",
      "page",
      "everything",
    ]);
    expect(touched(() => items.update(11, { n: 6 }))).toEqual(["range", "everything"]);
    expect(touched(() => items.update(19, { note: "x" }))).toEqual(["lastPage", "everything"]);
    expect(touched(() => items.update(15, { n: -1 }))).toEqual(["page", "everything"]);
    expect(touched(() => items.update(15, { n: -1 }))).toEqual([]);
    expect(touched(() => items.clear())).toEqual(Object.keys(queries));
  });

  test("of a range runs just when a document leaves, enters or changes in it, however many there are", () => {
    const end = fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined });
    const ranges = fc.array(fc.tuple(end, end), { minLength: 1, maxLength: 60, size: "max" });
    const moves = fc.array(fc.integer({ min: -2, max: 42 }), { minLength: 2, maxLength: 6 });
    fc.assert(fc.property(ranges, moves, (ranges, [first, ...moves]) => {
      const { items } = itemStore();
      items.put({ id: 1, n: first! });
      const queries = ranges.map(([lower, upper]) =>
        counted(() => {
          const n = items.where("n");
          if (lower === undefined) return n.below(upper ?? 20).count();
          return upper === undefined
            ? n.aboveOrEqual(lower).count()
            : n.between(lower, upper).count();
        })
      );
      const holds = (value: number, [lower, upper]: [number | undefined, number | undefined]) =>
        lower === undefined
          ? value < (upper ?? 20)
          : value >= lower && (upper === undefined || value <= upper);
      for (const { live } of queries) live.subscribe(() => {});
      let before = first!;
      for (const after of moves) {
        for (const { run } of queries) run.mockClear();
        items.put({ id: 1, n: after });
        expect(queries.map(({ run }) => run.mock.calls.length)).toEqual(
          ranges.map((range) => holds(before, range) || holds(after, range) ? 1 : 0),
        );
        before = after;
      }
    }));
  });

  test("of a page follows the page as it moves", () => {
    const { items } = itemStore();
    items.bulkPut([1, 2, 3, 4].map((id) => ({ id, n: id })));
    const live = liveQuery(() => items.where("n").above(0).limit(2).toArray());
    let page: readonly Item[] = [];
    live.subscribe((result) => page = result);
    items.delete(1);
    items.update(3, { note: "now on the page" });
    expect(page).toEqual([{ id: 2, n: 2 }, { id: 3, n: 3, note: "now on the page" }]);
  });

  test("runs once for a transaction, and not for one that is taken back", () => {
    const { items, transaction } = itemStore();
    const { live, run } = counted(() => items.toArray());
    const listener = vi.fn();
    live.subscribe(listener);
    run.mockClear();
    listener.mockClear();
    transaction(() => {
      items.put({ id: 1 });
      expect(live.getSnapshot()).toEqual([{ id: 1 }]);
      items.put({ id: 2 });
    });
    expect(listener.mock.calls).toEqual([[[{ id: 1 }, { id: 2 }]]]);
    run.mockClear();
    listener.mockClear();
    expect(() =>
      transaction(() => {
        items.put({ id: 3 });
        expect(live.getSnapshot().length).toBe(3);
        throw new Error("no");
      })
    ).toThrow("no");
    expect(live.getSnapshot()).toEqual([{ id: 1 }, { id: 2 }]);
    expect(listener).not.toHaveBeenCalled();
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

  test("can be read by an observer before its own listeners hear of the change, and they still do", () => {
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

  test("lets go of the store when nobody follows it any more, or when it is disposed of", () => {
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

  test("reports a callback that throws when it runs again, and recovers with the next change", () => {
    const onError = vi.fn();
    const { items } = itemStore({ onError });
    const told: number[] = [];
    const live = liveQuery(() => {
      if (items.get(1)?.note === "bad") throw new Error("bad");
      return items.count();
    });
    live.subscribe((count) => void told.push(count));
    items.put({ id: 1, note: "bad" });
    expect(onError.mock.calls.map(([error]) => error.message)).toEqual(["bad"]);
    expect(() => live.getSnapshot()).toThrow("bad");
    items.update(1, { note: "good" });
    expect(told).toEqual([0, 1]);
  });

  test("that nobody follows throws again as long as its callback does", () => {
    const { items } = itemStore();
    const live = liveQuery(() => {
      if (items.has(1)) throw new Error("bad");
      return items.count();
    });
    expect(live.getSnapshot()).toBe(0);
    items.put({ id: 1 });
    expect(() => live.getSnapshot()).toThrow("bad");
    expect(() => live.getSnapshot()).toThrow("bad");
    items.delete(1);
    expect(live.getSnapshot()).toBe(0);
  });

  test("recovers with the live query that it reads", () => {
    const onError = vi.fn();
    const { items } = itemStore({ onError });
    const inner = liveQuery(() => {
      if (items.get(1)?.note === "bad") throw new Error("bad");
      return items.count();
    });
    const told: number[] = [];
    liveQuery(() => inner.getSnapshot() * 2).subscribe((count) => void told.push(count));
    items.put({ id: 1, note: "bad" });
    items.update(1, { note: "good" });
    expect(told).toEqual([0, 2]);
    expect(onError).toHaveBeenCalledTimes(1);
  });

  test("follows the document whose key its page comes after", () => {
    const onError = vi.fn();
    const { items } = itemStore({ onError });
    items.bulkAdd([{ id: 1, status: "a", n: 1 }, { id: 2, status: "a", n: 3 }]);
    items.add({ id: 9, status: "b", n: 2 });
    const page = liveQuery(() => items.where({ status: "a" }).sortBy("n").after(9).keys());
    const told: number[][] = [];
    page.subscribe((keys) => void told.push(keys));
    items.update(9, { n: 0 });
    items.delete(9);
    items.add({ id: 9, n: 5 });
    expect(told).toEqual([[2], [1, 2], []]);
    expect(onError).toHaveBeenCalledTimes(1);
  });

  test("isolates its listeners from each other's errors", () => {
    const onError = vi.fn();
    const { items } = itemStore({ onError });
    const live = liveQuery(() => items.count());
    const told: number[] = [];
    let isArmed = false;
    live.subscribe(() => {
      if (isArmed) throw new Error("listener");
    });
    live.subscribe((count) => void told.push(count));
    isArmed = true;
    items.put({ id: 1 });
    expect(told).toEqual([0, 1]);
    expect(onError).toHaveBeenCalledTimes(1);
  });

  test("must not write", () => {
    const { items } = itemStore();
    expect(() => liveQuery(() => items.put({ id: 1 })).getSnapshot()).toThrow(/live query/);
    expect(items.count()).toBe(0);
  });
});
