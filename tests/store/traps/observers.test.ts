import { describe, expect, test, vi } from "vitest";
import { ConstraintError, Ramify } from "../../../src/store/mod.ts";
import { heardBy, itemStore } from "../support.ts";

// Faults that earlier stores had, by their numbers in the list of traps.
describe("observers hear of each change once, in order (by number in the list of traps)", () => {
  test("9: overwriting a document is one update", () => {
    const { items } = itemStore();
    items.put({ id: 1, status: "a" });
    const heard = heardBy(items);
    items.put({ id: 1, status: "b" });
    items.update(1, { status: "c" });
    expect(heard).toEqual([["update", [1]], ["update", [1]]]);
  });

  test("10: a slow observer can keep the order of each key, because changes carry the documents", async () => {
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

  test("11: a bulk write that fails leaves nothing behind, and later writes are reported as before", () => {
    const { items } = itemStore();
    items.put({ id: 1 });
    const heard = heardBy(items);
    expect(() => items.bulkAdd([{ id: 5, status: "x" }, { id: 1 }])).toThrow(ConstraintError);
    expect(items.keys()).toEqual([1]);
    expect(items.where("status").equals("x").count()).toBe(0);
    items.put({ id: 6 });
    expect(heard).toEqual([["create", [6]]]);
  });

  test("13: observers hear of existing keys only, and of nothing if nothing was written", () => {
    const { items } = itemStore();
    items.put({ id: 1 });
    const heard = heardBy(items);
    expect(items.bulkUpdate([1, 99], { n: 1 })).toEqual([1, undefined]);
    expect(items.bulkPut([])).toEqual([]);
    expect(items.bulkDelete([99])).toEqual([undefined]);
    expect(items.update(99, { n: 1 })).toBeUndefined();
    expect(items.delete(99)).toBeUndefined();
    expect(heard).toEqual([["update", [1]]]);
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

  test("25: an onError that throws or rejects is logged, and ends neither a write nor the process", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const lost = new Error("the log is full");
    for (
      const onError of [() => Promise.reject(lost), () => {
        throw lost;
      }]
    ) {
      const { items } = itemStore({ onError });
      items.subscribe(() => {
        throw new Error("thrown");
      });
      expect(items.put({ id: 1 })).toBe(1);
    }
    await vi.waitFor(() => expect(log).toHaveBeenCalledTimes(2));
    for (const call of log.mock.calls) expect(call).toContain(lost);
    log.mockRestore();
  });

  test("26: when an observer writes, all observers hear of that afterwards", () => {
    const { items } = itemStore();
    items.subscribe((_type, [key]) => {
      if (key === 1) items.put({ id: 2 });
    });
    const heard = heardBy(items);
    items.put({ id: 1 });
    expect(heard).toEqual([["create", [1]], ["create", [2]]]);
  });

  test("27: an observer that subscribes itself again is called once for each change", () => {
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

  test("29: deleting the store clears it, and no collection can take the name of that method", () => {
    const db = itemStore();
    db.items.put({ id: 1 });
    db.others.put({ id: 2 });
    const heard = heardBy(db.items);
    db.delete();
    expect([db.items.count(), db.others.count()]).toEqual([0, 0]);
    expect(heard).toEqual([["clear", [1]]]);
    for (const name of ["delete", "transaction"]) {
      expect(() => new Ramify().createStore({ [name]: { primaryKey: "id" } })).toThrow(TypeError);
    }
  });
});
