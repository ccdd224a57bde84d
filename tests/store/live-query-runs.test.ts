import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { liveQuery, Ramify, type Schema } from "../../src/store/mod.ts";
import { counted, type Item, itemStore } from "./support.ts";

describe("a live query", () => {
  test("follows what its callback read last, across several collections", () => {
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

  test("of a range runs exactly when a document enters, leaves or changes in it, among any number of ranges", () => {
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

  test("runs once for a transaction, and not for one that is rolled back", () => {
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

  test("follows what its callback asks for now, even if the caller changed the list or the Date it passes", () => {
    const { items } = itemStore();
    const { days } = new Ramify().createStore<{ days: Schema<{ day: Date; note: string }, "day"> }>(
      {
        days: { primaryKey: "day" },
      },
    );
    const wanted = ["a"];
    const day = new Date(1);
    const live = [
      counted(() => items.where("status").anyOf(wanted).count()),
      counted(() => items.where("at").above(day).count()),
      counted(() => days.get(day)?.note),
    ].map(({ live }) => live);
    for (const { subscribe } of live) subscribe(() => {});
    const results = () => live.map(({ getSnapshot }) => getSnapshot());
    wanted[0] = "b";
    day.setTime(5);
    items.put({ id: 1, status: "a", at: new Date(2) });
    days.put({ day: new Date(1), note: "one" });
    expect(results()).toEqual([0, 0, undefined]);
    items.put({ id: 2, status: "b", at: new Date(6) });
    days.put({ day: new Date(5), note: "five" });
    expect(results()).toEqual([1, 1, "five"]);
  });

  test("follows documents without a value after it asked for no values at all", () => {
    const { items } = itemStore();
    const live = liveQuery(() => {
      const where = items.where("n");
      return (items.has(9) ? where.belowOrEqual(undefined) : where.anyOf([])).keys();
    });
    live.subscribe(() => {});
    items.put({ id: 9, n: 1 });
    items.put({ id: 1 });
    expect(live.getSnapshot()).toEqual([1]);
  });

  test("follows the document after whose key its page starts", () => {
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
});
