import { describe, expect, test } from "vitest";
import { ConstraintError, Ramify, type Schema } from "../../../src/store/mod.ts";
import { heardBy, itemStore } from "../support.ts";

// Faults that earlier stores had, by their numbers in the list of traps.
describe("indexes never lie (by number in the list of traps)", () => {
  test("1: zero, false, the empty string and null are found by an index, and 0 is a key", () => {
    const { items } = itemStore();
    items.put({ id: 0, n: 0, active: false, status: "" });
    items.put({ id: 1, n: null, status: null });
    expect(items.where({ n: 0 }).count()).toBe(1);
    expect(items.where({ active: false }).count()).toBe(1);
    expect(items.where({ status: "" }).count()).toBe(1);
    expect(items.where({ status: null }).keys()).toEqual([1]);
    expect(items.where("n").equals(null).keys()).toEqual([1]);
    expect(items.get(0)?.n).toBe(0);
    expect(items.where("id").equals(0).count()).toBe(1);
  });

  test("2: a document that changed from false to true is no longer found as false", () => {
    const { items } = itemStore();
    items.put({ id: 1, active: false });
    items.update(1, { active: true });
    expect(items.where("active").equals(false).toArray()).toEqual([]);
    expect(items.where("active").equals(true).keys()).toEqual([1]);
  });

  test("3: a deleted document is found under none of the values it had", () => {
    const { items } = itemStore();
    items.put({ id: 1, status: "old" });
    items.update(1, { status: "new" });
    items.delete(1);
    expect(items.where("status").anyOf(["old", "new"]).toArray()).toEqual([]);
  });

  test("4: an index does not keep the values that documents no longer have", () => {
    const { items } = itemStore();
    items.put({ id: 1, n: 0 });
    for (let n = 1; n < 1000; n++) items.update(1, { n });
    for (let n = 0; n < 999; n++) expect(items.where("n").equals(n).explain().documents).toBe(0);
    expect(items.where("n").aboveOrEqual(0).explain().documents).toBe(1);
  });

  test("5: a nested field is found after its parent object was replaced", () => {
    const { items } = itemStore();
    items.put({ id: 1, stats: { level: 1 } });
    items.update(1, { stats: { level: 5 } });
    expect(items.where("stats.level").equals(5).keys()).toEqual([1]);
    expect(items.where("stats.level").equals(1).keys()).toEqual([]);
  });

  test("6: a changed key moves the document once: it is found once, deleted and created once", () => {
    const { items } = itemStore();
    items.put({ id: 1, status: "a" });
    const heard = heardBy(items);
    expect(items.update(1, { id: 2 })).toBe(1);
    expect(items.where("status").equals("a").keys()).toEqual([2]);
    expect(items.get(1)).toBeUndefined();
    expect(items.get(2)).toEqual({ id: 2, status: "a" });
    expect(heard).toEqual([["delete", [1]], ["create", [2]]]);
  });

  test("7: a key that another document has is refused, and nothing changes", () => {
    const { items } = itemStore();
    items.bulkPut([{ id: 1, status: "a" }, { id: 2, status: "b" }]);
    const before = items.toArray();
    const heard = heardBy(items);
    expect(() => items.update(1, { id: 2 })).toThrow(ConstraintError);
    expect(items.toArray()).toEqual(before);
    expect(items.where("status").equals("b").keys()).toEqual([2]);
    expect(heard).toEqual([]);
  });

  test("8: an update cannot remove the key of a document", () => {
    const { items } = itemStore();
    items.put({ id: 1, status: "a" });
    expect(() => items.update(1, { id: undefined })).toThrow(/id is undefined/);
    expect(items.toArray()).toEqual([{ id: 1, status: "a" }]);
    expect(items.where("status").equals("a").keys()).toEqual([1]);
  });

  test("12: a value that cannot be indexed is refused before the old document is removed", () => {
    const { items } = itemStore();
    items.put({ id: 1, status: "a" });
    const heard = heardBy(items);
    expect(() => items.put({ id: 1, status: {} as string })).toThrow(TypeError);
    expect(() => items.update(1, { at: new Date(NaN) })).toThrow(/Invalid Date/);
    expect(() => items.put({ id: 1, tags: [{}] as unknown as string[] })).toThrow(TypeError);
    expect(items.toArray()).toEqual([{ id: 1, status: "a" }]);
    expect(items.where("status").equals("a").keys()).toEqual([1]);
    expect(heard).toEqual([]);
  });

  test("14: a document without a primary key is refused", () => {
    const { items } = itemStore();
    for (const id of [undefined, null, NaN, {}, new Date(NaN), 1n]) {
      expect(() => items.put({ id, n: 1 } as never), String(id)).toThrow(TypeError);
    }
    expect(items.count()).toBe(0);
  });

  test("15: Dates are compared by time, as keys and in indexes", () => {
    const db = new Ramify().createStore<{ days: Schema<{ day: Date; at: Date }, "day"> }>({
      days: { primaryKey: "day", indexes: ["at"], ordered: ["at"] },
    });
    db.days.put({ day: new Date(1), at: new Date(5) });
    db.days.put({ day: new Date(1), at: new Date(7) });
    expect(db.days.count()).toBe(1);
    expect(db.days.get(new Date(1))?.at.getTime()).toBe(7);
    expect(db.days.get(new Date(2))).toBeUndefined();
    expect(db.days.where("at").equals(new Date(7)).count()).toBe(1);
    expect(db.days.where("at").equals(new Date(5)).count()).toBe(0);
    expect(db.days.where("at").between(new Date(6), new Date(8)).count()).toBe(1);
    expect(db.days.where("day").anyOf([new Date(1), new Date(1)]).count()).toBe(1);
    expect(db.days.delete(new Date(1))).toEqual(new Date(1));
    expect(db.days.count()).toBe(0);
  });

  test("24: a value that is asked for twice is found once, and missing values have a place in the order", () => {
    const { items } = itemStore();
    items.bulkPut([{ id: 1, n: 2 }, { id: 2 }, { id: 3, n: null }, { id: 4, n: 1 }, { id: 5 }]);
    expect(items.where("id").anyOf([1, 1]).keys()).toEqual([1]);
    expect(items.where("n").anyOf([2, 2, 1]).keys()).toEqual([1, 4]);
    expect(items.sortBy("n").keys()).toEqual([2, 5, 3, 4, 1]);
    expect(items.sortBy("note").keys()).toEqual([1, 2, 3, 4, 5]);
    expect(items.sortBy("n").reverse().keys()).toEqual([1, 4, 3, 5, 2]);
  });
});
