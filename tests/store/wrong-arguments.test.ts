import { describe, expect, test } from "vitest";
import { Ramify } from "../../src/store/mod.ts";

/** A store as plain JavaScript sees it, without types that refuse anything. */
interface Untyped {
  createStore(definition: object): { users: UntypedQuery };
}
interface UntypedQuery {
  where(condition?: unknown): UntypedQuery;
  anyOf(values?: unknown): unknown;
  noneOf(values?: unknown): unknown;
  limit(count?: unknown): unknown;
  offset(count?: unknown): unknown;
  startsWith(prefix?: unknown): unknown;
}

const ramify = new Ramify() as unknown as Untyped;
const names = "use primaryKey, indexes, multiEntry, ordered, unique";
const aList = "an index needs the name of a field; pass a list of names";

describe("createStore refuses by name", () => {
  test.for<[schema: object, problem: string]>([
    [{}, "it has no primaryKey; name a field without dots"],
    [{ primarykey: "id" }, `primarykey is not an option; ${names}`],
    [{ primaryKey: "id", index: ["name"] }, `index is not an option; ${names}`],
    [{ primaryKey: "id", uniqe: ["email"] }, `uniqe is not an option; ${names}`],
    [{ primaryKey: "id", indexes: "name" }, aList],
    [{ primaryKey: "id", unique: [5] }, aList],
    [
      { primaryKey: "id", indexes: ["tags"], multiEntry: ["tags"] },
      '"tags" is in multiEntry and elsewhere; keep one',
    ],
  ])("%o", ([schema, problem]) => {
    expect(() => ramify.createStore({ users: schema }))
      .toThrow(new TypeError(`Cannot create users: ${problem}`));
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
  const noIndex = "it has no index; add one to the schema, or use filter";

  test.for<[wrong: string, query: () => unknown, message: string]>([
    ["no condition", () => users.where(), `Cannot query users by "": ${noIndex}`],
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

function isAdult({ age }: { age: number }): boolean {
  return age >= 18;
}
