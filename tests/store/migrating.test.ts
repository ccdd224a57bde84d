import { expect, test } from "vitest";
import { Ramify, type Schema } from "../../src/store/mod.ts";

interface User {
  id: number;
  name: string;
  age: number;
  tags?: string[];
}

function open(options: object = {}) {
  const heard: unknown[] = [];
  const db = new Ramify().createStore<{ users: Schema<User, "id"> }>({
    users: { primaryKey: "id", indexes: ["name"], ordered: ["age"], multiEntry: ["tags"] },
  }, { onError: (error) => heard.push(error), ...options });
  db.users.bulkAdd([
    { id: 0, name: "Eve", age: 36, tags: ["x", "y"] },
    { id: 1, name: "Bob", age: 20, tags: ["x"] },
    { id: 2, name: "Bob", age: 40 },
  ]);
  return { db, users: db.users, heard };
}

/** Each is a row of the table in docs/migrating.md. */
const rows: Record<string, () => void> = {
  "documents are frozen plain objects, the same until they change, or copies"() {
    const { users } = open();
    expect(users.get(1)).toBe(users.get(1));
    expect(Object.isFrozen(users.get(1))).toBe(true);
    expect(structuredClone(users.get(1))).toEqual(users.get(1));
    const copy = open({ detached: true }).users.get(1)!;
    expect(Object.isFrozen(copy)).toBe(false);
  },
  "sortBy takes a field or several"() {
    const { users } = open();
    expect(users.sortBy("name").keys()).toEqual([1, 2, 0]);
    expect(users.sortBy(["name", "age"]).reverse().keys()).toEqual([0, 2, 1]);
  },
  "writes return keys, or undefined where there was no document"() {
    const { users } = open();
    expect(users.update(0, { age: 1 })).toBe(0);
    expect(users.update(9, { age: 1 })).toBeUndefined();
    expect(users.where({ name: "Bob" }).modify({ age: 2 })).toEqual([1, 2]);
    expect(users.where({ name: "Bob" }).modify(({ age }) => ({ age: age + 1 }))).toHaveLength(2);
    expect(users.bulkUpdate([1, 9], { age: 5 })).toEqual([1, undefined]);
  },
  "Ramify's bulkUpdate is refused, and changes nothing"() {
    const { users } = open();
    const before = users.toArray();
    const list = [{ key: 1, changes: { age: 5 } }] as never;
    expect(() => users.bulkUpdate(list, undefined as never)).toThrow(/^Cannot use a key of users/);
    expect(users.toArray()).toEqual(before);
  },
  "a bulk write that fails is undone"() {
    const { users } = open();
    expect(() => users.bulkAdd([{ id: 8, name: "a", age: 1 }, { id: 1, name: "b", age: 1 }]))
      .toThrow();
    expect(users.keys()).toEqual([0, 1, 2]);
  },
  "put reports an update, with the documents; a new key is a delete and a create"() {
    const { users } = open();
    const heard: unknown[] = [];
    users.subscribe((type, keys, { before, after }) => {
      heard.push([type, keys, before[0]?.age, after[0]?.age]);
    });
    users.put({ id: 1, name: "Bob", age: 21 });
    users.update(1, { id: 7 });
    users.bulkPut([]);
    expect(heard).toEqual([
      ["update", [1], 20, 21],
      ["delete", [1], 21, undefined],
      ["create", [7], undefined, 21],
    ]);
  },
  "an observer that throws is reported, and stops nobody"() {
    const { users, heard } = open();
    const error = new Error("no");
    let calls = 0;
    users.subscribe(() => {
      throw error;
    });
    users.subscribe(() => void calls++);
    users.delete(1);
    expect([heard, calls]).toEqual([[error], 1]);
  },
  "the order of a query's methods does not matter, and a query is a value"() {
    const { users } = open();
    const two = users.limit(2);
    expect(two.filter(({ name }) => name === "Bob").keys()).toEqual([1, 2]);
    expect(two.keys()).toEqual([0, 1]);
  },
  "ranges and noneOf need an ordered index, and say so"() {
    const { users } = open();
    expect(users.where("age").noneOf([20]).keys()).toEqual([0, 2]);
    expect(users.where("age").between(20, 36).keys()).toEqual([1, 0]);
    expect(() => users.where("name").above("C")).toThrow(/add it to ordered/);
  },
  "an array field is found by an element, by any, by all, or by exactly its elements"() {
    const { users } = open();
    expect(users.where("tags").equals("x").keys()).toEqual([0, 1]);
    expect(users.where("tags").equals(["x"]).keys()).toEqual([1]);
    expect(users.where({ tags: ["x", "y"] }).keys()).toEqual([0, 1]);
    expect(users.where("tags").anyOf(["y", "z"]).keys()).toEqual([0]);
    expect(users.where("tags").allOf(["x", "y"]).keys()).toEqual([0]);
  },
  "db.delete clears one store"() {
    const { db, users } = open();
    db.delete();
    expect(users.count()).toBe(0);
  },
};

test.for(Object.entries(rows))("for those who come from Ramify: %s", ([, check]) => check());
