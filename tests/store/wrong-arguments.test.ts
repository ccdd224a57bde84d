import { describe, expect, test } from "vitest";
import { liveQuery, Ramify } from "../../src/store/mod.ts";

/** A store as plain JavaScript sees it, without types that refuse anything. */
interface Untyped {
  createStore(definition: unknown, options?: unknown): UntypedStore;
}
interface UntypedStore {
  users: UntypedQuery;
  transaction(work?: unknown): unknown;
}
// deno-lint-ignore no-explicit-any -- what is wrong here is for the store to refuse, not for the compiler
type UntypedQuery = any;

const ramify = new Ramify() as unknown as Untyped;
const names = "use primaryKey, indexes, multiEntry, ordered, unique";
const aName = "an index needs a field; pass a list of names";

describe("createStore refuses by name", () => {
  test.for<[schema: object, problem: string]>([
    [{}, "it has no primaryKey; name a field without dots"],
    [{ primarykey: "id" }, `primarykey is not an option; ${names}`],
    [{ primaryKey: "id", index: ["name"] }, `index is not an option; ${names}`],
    [{ primaryKey: "id", uniqe: ["email"] }, `uniqe is not an option; ${names}`],
    [{ primaryKey: "id", unique: [5] }, aName],
    [
      { primaryKey: "id", ordered: ["tags"], multiEntry: ["tags"] },
      '"tags" is in multiEntry and elsewhere; keep one',
    ],
    [
      { primaryKey: "id", indexes: [["name", "tags"]], multiEntry: ["tags"] },
      '"tags" is in multiEntry and elsewhere; keep one',
    ],
  ])("%o", ([schema, problem]) => {
    expect(() => ramify.createStore({ users: schema }))
      .toThrow(new TypeError(`Cannot create users: ${problem}`));
  });

  test.for<[definition: unknown, options: unknown, message: string]>([
    [undefined, undefined, "Cannot create a store: undefined is not a plain object; pass one"],
    [null, undefined, "Cannot create a store: null is not a plain object; pass one"],
    ["users", undefined, 'Cannot create a store: "users" is not a plain object; pass one'],
    [
      { users: undefined },
      undefined,
      "Cannot create users: undefined is not a plain object; pass one",
    ],
    [
      { users: ["id"] },
      undefined,
      "Cannot create users: a value of type Array is not a plain object; pass one",
    ],
    [
      { users: { primaryKey: 5 } },
      undefined,
      "Cannot create users with primaryKey: 5 is not a string; pass one",
    ],
    [
      { users: { primaryKey: "id", indexes: "name" } },
      undefined,
      'Cannot create users with indexes: "name" is not a list; pass one',
    ],
    [
      {},
      { detatched: true },
      "Cannot create a store: detatched is not an option; use detached, onError",
    ],
    [
      {},
      { detached: "yes" },
      'Cannot create a store with detached: "yes" is not a boolean; pass one',
    ],
    [
      {},
      { onError: "log" },
      'Cannot create a store with onError: "log" is not a function; pass one',
    ],
    [{}, null, "Cannot create a store: null is not a plain object; pass one"],
    [{}, true, "Cannot create a store: true is not a plain object; pass one"],
  ])("%o with the options %o", ([definition, options, message]) => {
    expect(() => ramify.createStore(definition, options)).toThrow(new TypeError(message));
  });

  test("no option that is undefined", () => {
    const { users } = ramify.createStore(
      { users: { primaryKey: "id", indexes: undefined, unique: undefined } },
      { detached: undefined, onError: undefined },
    );
    expect(users.where("id").anyOf([])).toBeDefined();
  });

  test.for(["delete", "transaction"])("a collection named %s", (name) => {
    expect(() => ramify.createStore({ [name]: { primaryKey: "id" } }))
      .toThrow(new TypeError(`Cannot create ${name}: the name is reserved; choose another`));
  });
});

describe("a query refuses by name", () => {
  const { users } = ramify.createStore({
    users: { primaryKey: "id", indexes: ["name"], ordered: ["age"] },
  });
  const noIndex = "it has no index, unlike id, name, age; index it, or use filter";

  test.for<[wrong: string, query: () => unknown, message: string]>([
    ["no condition", () => users.where(), `Cannot query users by "undefined": ${noIndex}`],
    ["no key", () => users.where(null), `Cannot query users by "null": ${noIndex}`],
    ["a Map", () => users.where(new Map()), `Cannot query users by "[object Map]": ${noIndex}`],
    [
      "fields without an index",
      () => users.where({ email: "ada@example.org", city: "Cork" }),
      `Cannot query users by "email,city": ${noIndex}`,
    ],
    ["a number", () => users.where(5), `Cannot query users by "5": ${noIndex}`],
    [
      "a function, which would find everything",
      () => users.where(isAdult),
      `Cannot query users by "${isAdult}": ${noIndex}`,
    ],
    [
      "a field without an index",
      () => users.where({ email: "ada@example.org" }),
      `Cannot query users by "email": ${noIndex}`,
    ],
    [
      "a value in place of a list",
      () => users.where("name").anyOf("Ada"),
      'Cannot query users by "name": "Ada" is not a list; pass one',
    ],
    [
      "no list",
      () => users.where("age").noneOf(),
      'Cannot query users by "age": undefined is not a list; pass one',
    ],
    [
      "a value in place of a list of all",
      () => users.where("name").allOf(new Set(["Ada"])),
      'Cannot query users by "name": a value of type Set is not a list; pass one',
    ],
    [
      "an option of a range that is misspelt",
      () => users.where("age").between(1, 2, { lowerOpn: true }),
      'Cannot query users by "age": lowerOpn is not an option; use lowerOpen, upperOpen',
    ],
    [
      "an option of a range that is no boolean",
      () => users.where("age").between(1, 2, { upperOpen: 1 }),
      'Cannot query users by "age" with upperOpen: 1 is not a boolean; pass one',
    ],
    [
      "a boolean in place of the options of a range",
      () => users.where("age").between(1, 2, true, false),
      'Cannot query users by "age": true is not a plain object; pass one',
    ],
    [
      "no filter",
      () => users.filter(),
      "Cannot filter a query: undefined is not a function; pass one",
    ],
    [
      "criteria in place of a filter",
      () => users.filter({ age: 5 }),
      "Cannot filter a query: a value of type Object is not a function; pass one",
    ],
    [
      "no callback",
      () => users.each(),
      "Cannot visit documents: undefined is not a function; pass one",
    ],
    ["no order", () => users.sortBy(), "Cannot sort a query: undefined is not a string; pass one"],
    [
      "an order of numbers",
      () => users.sortBy(["age", 5]),
      "Cannot sort a query: 5 is not a string; pass one",
    ],
    [
      "a prefix that is no string",
      () => users.where("age").startsWith(5),
      'Cannot query users by "age": 5 is not a string; pass one',
    ],
  ])("%s", ([, query, message]) => {
    expect(query).toThrow(new TypeError(message));
  });

  test.for<["limit" | "offset", unknown, string]>([
    ["limit", "5", '"5"'],
    ["limit", NaN, "NaN"],
    ["limit", undefined, "undefined"],
    ["offset", -1, "-1"],
    ["offset", 1.5, "1.5"],
  ])("%s(%o)", ([method, count, named]) => {
    expect(() => users[method](count)).toThrow(
      new RangeError(
        `Cannot ${method} a query: ${named} is not a whole number from 0 up; pass one`,
      ),
    );
  });
});

describe("listeners and callbacks are refused by name", () => {
  const db = ramify.createStore({ users: { primaryKey: "id" } });
  const untyped = liveQuery as unknown as (callback?: unknown) => UntypedQuery;
  const live = untyped(() => 1);
  const wrong = [undefined, null, "log", {}, [() => {}]];
  const calls: Record<string, (value: unknown) => unknown> = {
    "subscribe": (value) => db.users.subscribe(value),
    "run a transaction": (value) => db.transaction(value),
    "run a live query": (value) => untyped(value),
  };

  test.for(Object.entries(calls))("if they %s", ([action, call]) => {
    for (const value of wrong) {
      expect(() => call(value)).toThrow(
        new RegExp(`^Cannot ${action}: .* is not a function; pass one$`),
      );
    }
    expect(() => live.subscribe()).toThrow(/^Cannot subscribe: undefined is not a function/);
  });

  test("with their options", () => {
    expect(() => db.users.subscribe(() => {}, { miss: true })).toThrow(
      new TypeError("Cannot subscribe: miss is not an option; use misses"),
    );
  });
});

describe("a bulk form refuses", () => {
  const { users } = ramify.createStore({ users: { primaryKey: "id" } });
  const writes = ["bulkAdd", "bulkPut", "bulkUpdate", "bulkDelete"];

  test.for([...writes, "bulkGet"])("what is no list: %s", (method) => {
    for (const value of [undefined, null, { id: 1 }, new Set([1]), "ab"]) {
      const action = method === "bulkGet" ? "read" : "write to";
      expect(() => users[method](value, {})).toThrow(
        new RegExp(`^Cannot ${action} users: .* is not a list; pass one$`),
      );
    }
  });
});

describe("changes that are no fields are refused, whether a document is found or not", () => {
  const { users } = ramify.createStore({ users: { primaryKey: "id", indexes: ["name"] } });
  users.add({ id: 1, name: "Ada" });
  const wrong = [undefined, null, 5, "name", ["name"], new Map([["name", "Eve"]]), new Date(5)];
  const calls: Record<string, (changes: unknown) => unknown> = {
    "update": (changes) => users.update(1, changes),
    "update of nothing": (changes) => users.update(9, changes),
    "bulkUpdate": (changes) => users.bulkUpdate([9, 1], changes),
    "modify": (changes) => users.modify(changes),
    "modify of nothing": (changes) => users.where("name").equals("Bob").modify(changes),
    "modify by a function": (changes) => users.modify(() => changes),
  };

  test.for(Object.entries(calls))("%s", ([, call]) => {
    for (const changes of wrong) {
      expect(() => call(changes)).toThrow(
        /^Cannot write to users: .* is not a plain object; pass one$/,
      );
    }
    expect(users.toArray()).toEqual([{ id: 1, name: "Ada" }]);
  });

  test("but update of nothing by fields returns undefined", () => {
    expect(users.update(9, { name: "Eve" })).toBeUndefined();
    expect(users.where("name").equals("Bob").modify({ name: "Eve" })).toEqual([]);
  });
});

describe("a key that cannot be one is refused, whatever it is for", () => {
  const db = ramify.createStore({ users: { primaryKey: "id", indexes: ["name"] } });
  const { users } = db;
  users.add({ id: new Date(5), name: "Ada" });
  users.add({ id: 1, name: "Bob" });
  const before = users.toArray();
  const wrong = [
    ...[undefined, null, NaN, 5n, Symbol("1"), () => 1, new Date(NaN)],
    // As numbers, these would be the time of the Date that is a key.
    ...[[5], { valueOf: () => 5 }, Object.create(null), new Map()],
  ];
  const calls: Record<string, (key: unknown) => unknown> = {
    get: (key) => users.get(key),
    has: (key) => users.has(key),
    update: (key) => users.update(key, { name: "Eve" }),
    delete: (key) => users.delete(key),
    bulkGet: (key) => users.bulkGet([1, key]),
    bulkUpdate: (key) => users.bulkUpdate([1, key], { name: "Eve" }),
    bulkDelete: (key) => users.bulkDelete([1, key]),
    put: (key) => users.put({ id: key }),
    bulkAdd: (key) => users.bulkAdd([{ id: 7 }, { id: key }]),
  };

  test.for(Object.entries(calls))("%s", ([, call]) => {
    for (const key of wrong) {
      expect(() => call(key)).toThrow(TypeError);
      if (typeof key === "function" || typeof key === "symbol") continue;
      expect(() => call(key)).toThrow(
        /^Cannot (use a key of users: id is .*; use a string, number, boolean or valid Date|store a f.*)$/,
      );
    }
    expect(users.toArray()).toEqual(before);
  });

  test("after, unless it is a document", () => {
    for (const key of [undefined, null, NaN, [5]]) {
      expect(() => users.after(key)).toThrow(/^Cannot use a key of users: id is /);
    }
  });
});

function isAdult({ age }: { age: number }): boolean {
  return age >= 18;
}
