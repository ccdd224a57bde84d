import { describe, expect, test, vi } from "vitest";
import { ConstraintError, Ramify, type Schema } from "../../src/store/mod.ts";
import { eventsOf, itemStore } from "./support.ts";

// The numbers are the rows of the first table of TRAPS.md: faults that earlier stores had.
describe("indexes never lie", () => {
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
    const events = eventsOf(items);
    expect(items.update(1, { id: 2 })).toBe(1);
    expect(items.where("status").equals("a").keys()).toEqual([2]);
    expect(items.get(1)).toBeUndefined();
    expect(items.get(2)).toEqual({ id: 2, status: "a" });
    expect(events).toEqual([["delete", [1]], ["create", [2]]]);
  });

  test("7: a key that another document has is refused, and nothing changes", () => {
    const { items } = itemStore();
    items.bulkPut([{ id: 1, status: "a" }, { id: 2, status: "b" }]);
    const before = items.toArray();
    const events = eventsOf(items);
    expect(() => items.update(1, { id: 2 })).toThrow(ConstraintError);
    expect(items.toArray()).toEqual(before);
    expect(items.where("status").equals("b").keys()).toEqual([2]);
    expect(events).toEqual([]);
  });

  test("8: a key cannot be taken away", () => {
    const { items } = itemStore();
    items.put({ id: 1, status: "a" });
    expect(() => items.update(1, { id: undefined })).toThrow(/id is undefined/);
    expect(items.toArray()).toEqual([{ id: 1, status: "a" }]);
    expect(items.where("status").equals("a").keys()).toEqual([1]);
  });

  test("12: a value that cannot be indexed is refused before the old document goes", () => {
    const { items } = itemStore();
    items.put({ id: 1, status: "a" });
    const events = eventsOf(items);
    expect(() => items.put({ id: 1, status: {} as string })).toThrow(TypeError);
    expect(() => items.update(1, { at: new Date(NaN) })).toThrow(/Invalid Date/);
    expect(() => items.put({ id: 1, tags: [{}] as unknown as string[] })).toThrow(TypeError);
    expect(items.toArray()).toEqual([{ id: 1, status: "a" }]);
    expect(items.where("status").equals("a").keys()).toEqual([1]);
    expect(events).toEqual([]);
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

describe("one change, one event, in order", () => {
  test("9: writing over a document is one update", () => {
    const { items } = itemStore();
    items.put({ id: 1, status: "a" });
    const events = eventsOf(items);
    items.put({ id: 1, status: "b" });
    items.update(1, { status: "c" });
    expect(events).toEqual([["update", [1]], ["update", [1]]]);
  });

  test("10: a slow follower can keep the order of each key, because it is told with the documents", async () => {
    const { items } = itemStore();
    const stored = new Map<number, unknown>();
    let last = Promise.resolve();
    items.subscribe((_type, keys, { after }) => {
      last = last.then(async () => {
        await Promise.resolve();
        keys.forEach((key, i) => after[i] ? stored.set(key, after[i]) : stored.delete(key));
      });
    });
    items.put({ id: 1, n: 1 });
    items.delete(1);
    items.put({ id: 1, n: 2 });
    await last;
    expect([...stored.values()]).toEqual(items.toArray());
  });

  test("11: a bulk write that fails leaves nothing behind, and later writes are told as before", () => {
    const { items } = itemStore();
    items.put({ id: 1 });
    const events = eventsOf(items);
    expect(() => items.bulkAdd([{ id: 5, status: "x" }, { id: 1 }])).toThrow(ConstraintError);
    expect(items.keys()).toEqual([1]);
    expect(items.where("status").equals("x").count()).toBe(0);
    items.put({ id: 6 });
    expect(events).toEqual([["create", [6]]]);
  });

  test("13: observers hear of real keys only, and of nothing where nothing was written", () => {
    const { items } = itemStore();
    items.put({ id: 1 });
    const events = eventsOf(items);
    expect(items.bulkUpdate([1, 99], { n: 1 })).toEqual([1, undefined]);
    expect(items.bulkPut([])).toEqual([]);
    expect(items.bulkDelete([99])).toEqual([undefined]);
    expect(items.update(99, { n: 1 })).toBeUndefined();
    expect(items.delete(99)).toBeUndefined();
    expect(events).toEqual([["update", [1]]]);
  });

  test("25: an observer that throws or rejects stops neither the writer nor the others", async () => {
    const onError = vi.fn();
    const { items } = itemStore({ onError });
    const told: number[] = [];
    items.subscribe(() => {
      throw new Error("thrown");
    });
    items.subscribe(async () => {
      await Promise.reject(new Error("rejected"));
    });
    items.subscribe((_type, keys) => void told.push(...keys));
    expect(items.put({ id: 1 })).toBe(1);
    expect(told).toEqual([1]);
    await vi.waitFor(() => expect(onError).toHaveBeenCalledTimes(2));
    expect(onError.mock.calls.map(([error]) => error.message)).toEqual(["thrown", "rejected"]);
    expect(onError.mock.calls[0]![1]).toEqual({ collection: "items" });
  });

  test("26: when an observer writes, everyone hears of that afterwards", () => {
    const { items } = itemStore();
    items.subscribe((_type, [key]) => {
      if (key === 1) items.put({ id: 2 });
    });
    const events = eventsOf(items);
    items.put({ id: 1 });
    expect(events).toEqual([["create", [1]], ["create", [2]]]);
  });

  test("27: an observer that subscribes itself again is called once for each event", () => {
    const { items } = itemStore();
    let calls = 0;
    const observer = () => {
      calls++;
      items.unsubscribe(observer);
      items.subscribe(observer);
    };
    items.subscribe(observer);
    items.put({ id: 1 });
    expect(calls).toBe(1);
    items.put({ id: 2 });
    expect(calls).toBe(2);
  });

  test("29: deleting the store clears it, and a collection cannot hide that", () => {
    const db = itemStore();
    db.items.put({ id: 1 });
    db.others.put({ id: 2 });
    const events = eventsOf(db.items);
    db.delete();
    expect([db.items.count(), db.others.count()]).toEqual([0, 0]);
    expect(events).toEqual([["clear", [1]]]);
    for (const name of ["delete", "transaction"]) {
      expect(() => new Ramify().createStore({ [name]: { primaryKey: "id" } })).toThrow(TypeError);
    }
  });
});

describe("documents are isolated from whoever reads or wrote them", () => {
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

  test("18: a frozen document refuses to be changed, a detached one shows its own changes", () => {
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

  test("20: what is read can be structured-cloned", () => {
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

test("23: the stages of a query compose in any order, and counts that make no sense are refused", () => {
  const { items } = itemStore();
  items.bulkPut([{ id: 1, n: 3 }, { id: 2, n: 1 }, { id: 3, n: 2 }, { id: 4, n: 0 }]);
  const isPositive = (item: { n?: number | null }) => item.n! > 0;
  expect(items.filter(isPositive).limit(1).keys()).toEqual([1]);
  expect(items.limit(1).filter(isPositive).keys()).toEqual([1]);
  expect(items.filter(isPositive).sortBy("n").keys()).toEqual([2, 3, 1]);
  expect(items.limit(2).offset(1).sortBy("n").reverse().filter(isPositive).keys()).toEqual([3, 2]);
  for (const count of [-1, 1.5, NaN, "1" as unknown as number]) {
    expect(() => items.limit(count)).toThrow(RangeError);
    expect(() => items.offset(count)).toThrow(RangeError);
  }
});
