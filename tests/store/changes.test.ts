import { expect, test } from "vitest";
import { heardBy, itemStore } from "./support.ts";

test("the documents of a change, and their lists, are frozen whenever an observer reads them", () => {
  const { items } = itemStore();
  const changes: { readonly after: readonly unknown[]; readonly before: readonly unknown[] }[] = [];
  items.subscribe((_type, _keys, change) => void changes.push(change));
  items.add({ id: 1, tags: ["a"] });
  items.update(1, { tags: ["b"] });
  items.bulkAdd([{ id: 2 }, { id: 3 }]);
  expect(changes.map(({ before, after }) => [before, after])).toEqual([
    [[undefined], [{ id: 1, tags: ["a"] }]],
    [[{ id: 1, tags: ["a"] }], [{ id: 1, tags: ["b"] }]],
    [[undefined, undefined], [{ id: 2 }, { id: 3 }]],
  ]);
  for (const { before, after } of changes) {
    for (const shared of [before, after, ...before, ...after]) {
      expect(Object.isFrozen(shared)).toBe(true);
    }
  }
  expect(changes[1]!.after[0]).toBe(items.get(1));
});

test("an observer of misses hears of deletes that found nothing, and of clears of an empty collection", () => {
  const db = itemStore();
  const { items } = db;
  const heard: unknown[] = [];
  const unsubscribe = items.subscribe(
    (type, keys, { before }) => void heard.push([type, keys, before]),
    { misses: true },
  );
  const usual = heardBy(items);
  items.delete(1);
  items.clear();
  items.bulkDelete([2, 3]);
  expect(heard.splice(0)).toEqual([
    ["delete", [1], [undefined]],
    ["clear", [], []],
    ["delete", [2, 3], [undefined, undefined]],
  ]);
  db.transaction(() => {
    items.add({ id: 4 });
    items.delete(4);
    items.delete(5);
    items.add({ id: 5 });
  });
  expect(heard.splice(0)).toEqual([["delete", [4], [undefined]], ["create", [5], [undefined]]]);
  expect(() =>
    db.transaction(() => {
      items.delete(6);
      throw new Error("no");
    })
  ).toThrow("no");
  unsubscribe();
  items.delete(7);
  expect(heard).toEqual([]);
  expect(usual).toEqual([["create", [5]]]);
});

test("a transaction that clears one collection reports each document of another once", () => {
  const db = itemStore();
  const heard = [db.items, db.others].map(heardBy);
  db.transaction(() => {
    db.others.bulkAdd([{ id: 1 }, { id: 2 }]);
    db.items.add({ id: 5 });
    db.items.clear();
    db.items.add({ id: 6 });
    db.others.delete(1);
    db.others.add({ id: 3 });
  });
  expect(heard).toEqual([
    [["create", [5]], ["clear", [5]], ["create", [6]]],
    [["create", [2, 3]]],
  ]);
});

test("a transaction reports changes in their order, across collections too", () => {
  const db = itemStore();
  db.items.add({ id: 9 });
  const heard: unknown[] = [];
  for (const name of ["items", "others"] as const) {
    db[name].subscribe((type, keys) => void heard.push([name, type, keys]));
  }
  db.transaction(() => {
    db.items.add({ id: 1 });
    db.others.add({ id: 1 });
    db.items.delete(9);
    db.others.clear();
    db.items.add({ id: 2 });
  });
  expect(heard).toEqual([
    ["items", "create", [1, 2]],
    ["others", "create", [1]],
    ["items", "delete", [9]],
    ["others", "clear", [1]],
  ]);
});

test("an observer that subscribes after a change, but before its turn, does not hear of it", () => {
  const { items } = itemStore();
  const late: unknown[] = [];
  items.subscribe((_type, [id]) => {
    if (id !== 1) return;
    items.add({ id: 2 });
    late.push(items.keys());
    items.subscribe((type, keys) => void late.push([type, keys]));
    items.add({ id: 3 });
  });
  items.add({ id: 1 });
  expect(late).toEqual([[1, 2], ["create", [3]]]);
});
