import { describe, expect, test } from "vitest";
import { ConstraintError, Ramify, type Schema } from "../../src/store/mod.ts";
import { heardBy, type Item, itemStore } from "./support.ts";

describe("bulk writes", () => {
  test("return a key or undefined for each document, and change all or nothing", () => {
    const { items } = itemStore();
    expect(items.bulkAdd([{ id: 1 }, { id: 2 }])).toEqual([1, 2]);
    expect(items.bulkPut([{ id: 2, n: 1 }, { id: 3 }])).toEqual([2, 3]);
    expect(items.bulkGet([3, 9, 2])).toEqual([{ id: 3 }, undefined, { id: 2, n: 1 }]);
    expect(items.bulkDelete([1, 9])).toEqual([1, undefined]);
    const heard = heardBy(items);
    expect(() => items.bulkPut([{ id: 4 }, { id: NaN }])).toThrow(TypeError);
    expect(() => items.bulkUpdate([2, 3], { id: 2 })).toThrow(ConstraintError);
    expect(items.toArray()).toEqual([{ id: 2, n: 1 }, { id: 3 }]);
    expect(heard).toEqual([]);
  });

  test("report created and updated documents apart, once each", () => {
    const { items } = itemStore();
    items.put({ id: 2 });
    const heard = heardBy(items);
    items.bulkPut([{ id: 1 }, { id: 2, n: 1 }, { id: 3 }, { id: 3, n: 2 }]);
    expect(heard).toEqual([["create", [1, 3]], ["update", [2]]]);
  });

  test("of a query change or delete what it finds, within its limit", () => {
    const { items } = itemStore();
    items.bulkPut([1, 2, 3, 4].map((id) => ({ id, status: "a", n: 10 - id })));
    const heard = heardBy(items);
    expect(items.where({ status: "a" }).sortBy("n").limit(2).modify({ status: "b" })).toEqual([
      4,
      3,
    ]);
    expect(items.where({ status: "a" }).modify((item) => ({ n: item.n! * 2 }))).toEqual([1, 2]);
    expect(items.where({ status: "b" }).delete()).toEqual([3, 4]);
    expect(items.toArray()).toEqual([{ id: 1, status: "a", n: 18 }, { id: 2, status: "a", n: 16 }]);
    expect(heard).toEqual([["update", [4, 3]], ["update", [1, 2]], ["delete", [3, 4]]]);
  });
});

describe("a unique index", () => {
  interface User {
    id: number;
    email?: string | null;
    team: string;
    seat: number;
  }

  function open() {
    return new Ramify().createStore<{ users: Schema<User, "id"> }>({
      users: { primaryKey: "id", unique: ["email", ["team", "seat"]] },
    }).users;
  }

  test("refuses a duplicate with an error that names the field, and changes nothing", () => {
    const users = open();
    users.add({ id: 1, email: "a@x", team: "red", seat: 1 });
    users.add({ id: 2, email: "b@x", team: "red", seat: 2 });
    const heard: unknown[] = [];
    users.subscribe((type) => void heard.push(type));
    const duplicate = { id: 3, email: "a@x", team: "red", seat: 3 };
    expect(() => users.add(duplicate)).toThrow(
      'Cannot write to users: another document has the same "email", which is unique; change one of them',
    );
    expect(() => users.update(2, { email: "a@x" })).toThrow(ConstraintError);
    expect(() => users.update(2, { seat: 1 })).toThrow(ConstraintError);
    expect(() => users.bulkAdd([{ ...duplicate, email: "c@x" }, { ...duplicate, id: 4 }])).toThrow(
      expect.objectContaining({ type: "users", key: 4, constraint: "unique", field: "email" }),
    );
    expect(users.keys()).toEqual([1, 2]);
    expect(users.where("email").equals("c@x").count()).toBe(0);
    expect(heard).toEqual([]);
  });

  test("lets a document keep its value, take a freed one, and have none", () => {
    const users = open();
    users.add({ id: 1, email: "a@x", team: "red", seat: 1 });
    users.put({ id: 1, email: "a@x", team: "red", seat: 1 });
    users.update(1, { email: "b@x" });
    users.add({ id: 2, email: "a@x", team: "blue", seat: 1 });
    users.bulkAdd([
      { id: 3, team: "blue", seat: 2 },
      { id: 4, email: null, team: "blue", seat: 3 },
      {
        id: 5,
        team: "blue",
        seat: 4,
      },
    ]);
    expect(users.where("email").equals("a@x").keys()).toEqual([2]);
    expect(users.where(["team", "seat"]).equals(["blue", 2]).keys()).toEqual([3]);
    expect(users.count()).toBe(5);
  });
});

test("writes return the key they were given", () => {
  const { items } = itemStore();
  expect(items.add({ id: 10 })).toBe(10);
  expect(items.put({ id: 10, n: 1 })).toBe(10);
  expect(items.update(10, { id: 11 })).toBe(10);
  expect(items.delete(10)).toBeUndefined();
  expect(items.delete(11)).toBe(11);
});

test("a document whose getter adds another document does not take its place", () => {
  const { items } = itemStore();
  for (const [write, id] of [["add", 1], ["put", 3]] as const) {
    const document = {
      id,
      get n() {
        return items[write]({ id: id + 1 });
      },
    };
    expect(items[write](document)).toBe(id);
  }
  expect(items.toArray()).toEqual([{ id: 2 }, { id: 1, n: 2 }, { id: 4 }, { id: 3, n: 4 }]);
});

test("an update that assigns the same values changes nothing and is not reported", () => {
  const { items } = itemStore();
  items.put({ id: 1, n: 1, status: undefined });
  const heard = heardBy(items);
  const before = items.get(1);
  expect(items.update(1, { n: 1 })).toBe(1);
  expect(items.update(1, {})).toBe(1);
  expect(items.get(1)).toBe(before);
  expect(heard).toEqual([]);
  items.update(1, { note: undefined });
  expect(Object.keys(items.get(1)!)).toContain("note");
});

test("anything that is not a document or cannot be cloned is refused with a reason", () => {
  const { items } = itemStore();
  items.put({ id: 1 });
  const put = (document: unknown) => () => items.put(document as Item);
  for (const document of [undefined, null, 5, "x", [], new Map(), new Date()]) {
    expect(put(document)).toThrow(/Cannot write to items: .* is not a plain object/);
  }
  expect(() => items.update(1, null as never)).toThrow(/null is not a plain object/);
  expect(put({ id: 1, note: () => 0 })).toThrow(/Cannot store a function/);
  expect(put({ id: 1, note: Symbol("x") })).toThrow(/Cannot store a symbol/);
  const circle: Record<string, unknown> = { id: 1 };
  circle.self = circle;
  expect(put(circle)).toThrow(RangeError);
  expect(items.toArray()).toEqual([{ id: 1 }]);
});
