import { describe, expect, test } from "vitest";
import { ConstraintError } from "../../src/store/mod.ts";
import { heardBy, itemStore } from "./support.ts";

describe("a transaction", () => {
  test("that throws rolls back every write to every collection", () => {
    const db = itemStore();
    db.items.bulkPut([{ id: 1, n: 1, tags: ["a"] }, { id: 2, n: 2 }, { id: 3, n: 3 }]);
    db.others.put({ id: 9, status: "x" });
    const before = { items: db.items.toArray(), others: db.others.toArray() };
    const heard = [...[db.items, db.others].map(heardBy)];
    expect(() =>
      db.transaction(() => {
        db.items.delete(1);
        db.items.update(2, { id: 7, n: 70 });
        db.items.put({ id: 4, tags: ["a", "b"] });
        db.others.clear();
        db.others.put({ id: 10, status: "x" });
        db.items.where("n").above(0).modify({ n: 0 });
        throw new Error("no");
      })
    ).toThrow("no");
    expect(db.items.toArray()).toEqual(before.items);
    expect(db.others.toArray()).toEqual(before.others);
    expect(db.items.where("tags").equals("a").keys()).toEqual([1]);
    expect(db.items.where("n").aboveOrEqual(0).keys()).toEqual([1, 2, 3]);
    expect(db.others.where("status").equals("x").keys()).toEqual([9]);
    expect(heard).toEqual([[], []]);
  });

  test("reports to observers once, at the end, what became of each document", () => {
    const db = itemStore();
    db.items.bulkPut([{ id: 1 }, { id: 2 }]);
    const heard: unknown[] = [];
    db.items.subscribe((type, keys, { before, after }) => {
      heard.push([type, keys, { before, after }]);
    });
    db.transaction(() => {
      db.items.put({ id: 3, n: 1 });
      db.items.update(3, { n: 2 });
      db.items.update(1, { n: 5 });
      db.items.put({ id: 4 });
      db.items.delete(4);
      db.items.delete(2);
      db.items.put({ id: 5 });
      expect(heard).toEqual([]);
      expect(db.items.get(3)!.n).toBe(2);
    });
    expect(heard).toEqual([
      ["create", [3, 5], { before: [undefined, undefined], after: [{ id: 3, n: 2 }, { id: 5 }] }],
      ["update", [1], { before: [{ id: 1 }], after: [{ id: 1, n: 5 }] }],
      ["delete", [2], { before: [{ id: 2 }], after: [undefined] }],
    ]);
  });

  test("returns what its callback returns, and an inner one is a part of it", () => {
    const db = itemStore();
    const heard = heardBy(db.items);
    const answer = db.transaction(() => {
      db.items.put({ id: 1 });
      return db.transaction(() => {
        db.items.put({ id: 2 });
        return db.items.count();
      });
    });
    expect(answer).toBe(2);
    expect(heard).toEqual([["create", [1, 2]]]);
  });

  test("survives an inner one that fails, if it catches the error", () => {
    const db = itemStore();
    db.transaction(() => {
      db.items.put({ id: 1 });
      expect(() =>
        db.transaction(() => {
          db.items.put({ id: 2 });
          db.items.add({ id: 1 });
        })
      ).toThrow(ConstraintError);
      db.items.put({ id: 3 });
    });
    expect(db.items.keys()).toEqual([1, 3]);
  });

  test("without observers rolls back what failed, and only that, whatever was added before", () => {
    const db = itemStore();
    const add = (...ids: number[]) => db.items.bulkAdd(ids.map((id) => ({ id })));
    const fail = (work: () => void) => {
      const failing = () =>
        db.transaction(() => {
          work();
          throw new Error("asked to fail");
        });
      expect(failing).toThrow("asked to fail");
    };
    db.transaction(() => {
      add(1, 2);
      fail(() => add(3, 4));
      expect(db.items.keys()).toEqual([1, 2]);
      add(5);
      fail(() => {
        db.items.delete(5);
        add(5, 6);
        db.items.clear();
        add(1, 7);
      });
      expect(db.items.keys()).toEqual([1, 2, 5]);
    });
    fail(() => {
      add(8, 9);
      db.items.update(8, { id: 3 });
      add(8);
      fail(() => {
        db.items.delete(8);
        add(7);
      });
      db.items.add({ id: 10 });
    });
    expect(db.items.keys()).toEqual([1, 2, 5]);
  });

  test("reports to an observer that subscribes inside it only what follows", () => {
    const db = itemStore();
    const heard: unknown[] = [];
    db.transaction(() => {
      db.items.bulkAdd([{ id: 1 }, { id: 2 }]);
      db.items.subscribe((type, keys) => void heard.push([type, keys]));
      db.items.add({ id: 3 });
      db.items.delete(2);
    });
    expect(heard).toEqual([["create", [3]], ["delete", [2]]]);
    expect(db.items.keys()).toEqual([1, 3]);
  });

  test("refuses an asynchronous callback, and rolls back what it did before it waited", async () => {
    const db = itemStore();
    let calls = 0;
    const asynchronous = async () => {
      calls++;
      await Promise.resolve();
    };
    expect(() => db.transaction(asynchronous as () => never)).toThrow(/asynchronous/);
    expect(calls).toBe(0);
    const promising = () => {
      db.items.put({ id: 1 });
      return Promise.resolve();
    };
    expect(() => db.transaction(promising as unknown as () => never)).toThrow(/asynchronous/);
    await Promise.resolve();
    expect(db.items.count()).toBe(0);
  });

  test("that rolls back a delete keeps the order of insertion", () => {
    const { items, transaction } = itemStore();
    items.bulkPut([{ id: 3 }, { id: 1 }, { id: 2 }]);
    expect(() =>
      transaction(() => {
        items.bulkDelete([3, 2]);
        items.put({ id: 8 });
        throw new Error("no");
      })
    ).toThrow("no");
    expect(items.keys()).toEqual([3, 1, 2]);
  });
});
