import { describe, expect, test, vi } from "vitest";
import { liveQuery } from "../../src/store/mod.ts";
import { itemStore } from "./support.ts";

describe("a live query", () => {
  test("reports what its callback throws in a later run, and recovers with the next change", () => {
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

  test("that nobody follows throws for as long as its callback does", () => {
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

  test("refuses an asynchronous callback, whose result would be a promise", () => {
    const { items } = itemStore();
    const waiting = liveQuery(async () => {
      await Promise.resolve();
      return items.count();
    });
    const failing = liveQuery(() => Promise.reject(new Error("nobody hears of this")));
    for (const query of [waiting, failing]) {
      expect(() => query.getSnapshot()).toThrow(/callback is asynchronous.*; read without await/);
      expect(() => query.subscribe(() => {})).toThrow(TypeError);
    }
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
});
