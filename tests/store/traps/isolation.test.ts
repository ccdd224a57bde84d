import { describe, expect, test } from "vitest";
import { Ramify, type Schema } from "../../../src/store/mod.ts";
import { itemStore } from "../support.ts";

// Faults that earlier stores had, by their numbers in the list of traps.
describe("documents are isolated from their readers and writers (by number in the list of traps)", () => {
  test("16: changing the object that was put does not change the store", () => {
    const { items } = itemStore();
    const mine = { id: 1, status: "a", tags: ["x"], stats: { level: 1 }, at: new Date(5) };
    items.put(mine);
    mine.status = "b";
    mine.tags.push("y");
    mine.stats.level = 2;
    mine.at.setTime(6);
    expect(items.get(1)).toEqual({
      id: 1,
      status: "a",
      tags: ["x"],
      stats: { level: 1 },
      at: new Date(5),
    });
    expect(Object.isFrozen(mine)).toBe(false);
  });

  test("17: changing a document in a filter, or a Date in it, throws and changes nothing", () => {
    const { items } = itemStore();
    items.put({ id: 1, n: 1, at: new Date(5) });
    expect(() =>
      items.filter((item) => {
        (item as { n: number }).n = 9;
        return true;
      }).toArray()
    ).toThrow(TypeError);
    expect(() => items.get(1)!.at!.setTime(9)).toThrow(TypeError);
    expect(items.get(1)).toEqual({ id: 1, n: 1, at: new Date(5) });
    expect(items.get(1)).toBe(items.get(1));
    expect(items.where("at").equals(new Date(5)).count()).toBe(1);
  });

  test("18: a frozen document refuses changes, and a detached one shows only its own", () => {
    const { items } = itemStore();
    items.put({ id: 1, tags: ["a"] });
    expect(() => items.get(1)!.tags!.push("b")).toThrow(TypeError);
    const detached = new Ramify().createStore<{ items: Schema<{ id: number; tags: string[] }> }>(
      { items: { primaryKey: "id" } },
      { detached: true },
    );
    detached.items.put({ id: 1, tags: ["a"] });
    const mine = detached.items.get(1)!;
    mine.tags.push("b");
    expect(mine.tags).toEqual(["a", "b"]);
    expect(detached.items.get(1)!.tags).toEqual(["a"]);
  });

  test("19: a document that was read stays what it was", () => {
    const { items } = itemStore();
    items.put({ id: 1, n: 1 });
    const before = items.get(1)!;
    items.update(1, { n: 2 });
    expect(before.n).toBe(1);
    expect(items.get(1)!.n).toBe(2);
  });

  test("20: a document that was read can be structured-cloned", () => {
    const { items } = itemStore();
    const item = { id: 1, tags: ["a"], at: new Date(5), stats: { level: 1 } };
    items.put(item);
    const clone = structuredClone(items.get(1)!);
    expect(clone).toEqual(item);
    clone.at!.setTime(9);
    expect(clone.at!.getTime()).toBe(9);
  });

  test("21: frozen input, Maps, Sets and bytes can be stored", () => {
    interface Rich {
      id: number;
      map: Map<string, number[]>;
      set: Set<string>;
      bytes: Uint8Array;
    }
    const db = new Ramify().createStore<{ rich: Schema<Rich, "id"> }>({
      rich: { primaryKey: "id" },
    });
    const rich: Rich = Object.freeze({
      id: 1,
      map: new Map([["a", Object.freeze([1]) as number[]]]),
      set: new Set(["x"]),
      bytes: new Uint8Array([1, 2]),
    });
    db.rich.put(rich);
    expect(db.rich.get(1)).toEqual(rich);
    expect(structuredClone(db.rich.get(1))).toEqual(rich);
  });

  test("22: a document is the same object until it changes", () => {
    const { items } = itemStore();
    items.bulkPut([{ id: 1, n: 1, stats: { level: 1 } }, { id: 2 }]);
    const first = items.get(1)!;
    items.update(2, { n: 5 });
    expect(items.get(1)).toBe(first);
    expect(items.where("n").equals(1).first()).toBe(first);
    expect(items.toArray()[0]).toBe(first);
    items.update(1, { n: 2 });
    expect(items.get(1)).not.toBe(first);
    expect(items.get(1)!.stats).toBe(first.stats);
  });
});
