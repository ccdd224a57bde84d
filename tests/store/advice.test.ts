import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { liveQuery, Ramify } from "../../src/store/mod.ts";

/** A store as plain JavaScript sees it. */
// deno-lint-ignore no-explicit-any -- half of the calls are wrong on purpose
type Untyped = any;

/** A call that fails, what the error says, and the call that follows its advice, which returns what is expected. */
type Advice = [
  message: string,
  fails: (db: Untyped) => unknown,
  follows: (db: Untyped) => unknown,
  expected: unknown,
];

const ramify = new Ramify() as Untyped;

function open(options?: object): Untyped {
  const db = ramify.createStore({
    users: {
      primaryKey: "id",
      indexes: ["name"],
      multiEntry: ["tags"],
      ordered: ["age", ["city", "age"]],
      unique: ["email"],
    },
  }, options);
  db.users.bulkAdd([
    { id: 1, name: "Ada", age: 36, city: "Cork", tags: ["x"], email: "ada@example.org" },
    { id: 2, name: "Bob", age: 20, city: "Cork", tags: ["x", "y"], since: new Date(5) },
  ]);
  return db;
}

const circular: Record<string, unknown> = { id: 3 };
circular.self = circular;
const schema = (parts: object) => ramify.createStore({ a: { primaryKey: "id", ...parts } }).a;

const advice: Advice[] = [
  [
    "Cannot change a document: it is frozen; use put, update, or the option detached",
    ({ users }) => users.get(2).since.setTime(6),
    ({ users }) => {
      users.put({ ...users.get(2), since: new Date(6) });
      users.update(2, { since: new Date(7) });
      const own = open({ detached: true }).users.get(2);
      own.since.setTime(8);
      return [+users.get(2).since, +own.since];
    },
    [7, 8],
  ],
  [
    "Cannot store a function: it cannot be cloned; leave it out",
    ({ users }) => users.put({ id: 3, greet: () => "hi" }),
    ({ users }) => users.put({ id: 3 }),
    3,
  ],
  [
    "Cannot store a value deeper than 500 levels: it may contain itself; store its key",
    ({ users }) => users.put(circular),
    ({ users }) => users.put({ id: 3, self: 3 }),
    3,
  ],
  [
    "Cannot run a live query: its callback is asynchronous; read without await",
    // deno-lint-ignore require-await -- what is wrong with it
    ({ users }) => liveQuery(async () => users.count()).getSnapshot(),
    ({ users }) => liveQuery(() => users.count()).getSnapshot(),
    2,
  ],
  [
    "Cannot page through users after 9: it does not exist; pass the last document",
    ({ users }) => users.sortBy("age").after(9),
    ({ users }) => users.sortBy("age").after({ id: 9, age: 30 }).keys(),
    [1],
  ],
  [
    'Cannot limit a query: "1" is not a whole number from 0 up; pass one',
    ({ users }) => users.limit("1"),
    ({ users }) => users.limit(1).keys(),
    [1],
  ],
  [
    "Cannot offset a query: -1 is not a whole number from 0 up; pass one",
    ({ users }) => users.offset(-1),
    ({ users }) => users.offset(1).keys(),
    [2],
  ],
  [
    "Cannot run a transaction: its callback is asynchronous; await first",
    (db) => db.transaction(async () => db.users.put({ id: await 3 })),
    async (db) => {
      const id = await 3;
      return db.transaction(() => db.users.put({ id }));
    },
    3,
  ],
  [
    "Cannot write to users: a document with id 1 exists; use put or update",
    ({ users }) => users.add({ id: 1, name: "Eve" }),
    ({ users }) => [users.put({ id: 1, name: "Eve" }), users.update(1, { name: "Zoe" })],
    [1, 1],
  ],
  [
    "Cannot use a key of users: id is null; use a string, number, boolean or valid Date",
    ({ users }) => users.put({ id: null }),
    ({ users }) => ["a", 3, true, new Date(3)].map((id) => users.get(users.put({ id })).id),
    ["a", 3, true, new Date(3)],
  ],
  [
    "Cannot write to users: a live query is running; write elsewhere",
    ({ users }) => liveQuery(() => users.clear()).getSnapshot(),
    ({ users }) => {
      const count = liveQuery(() => users.count());
      users.clear();
      return count.getSnapshot();
    },
    0,
  ],
  [
    'Cannot write to users: "name" is indexed and holds a value of type Array; move the field to multiEntry',
    ({ users }) => users.put({ id: 3, name: ["Ada", "Eve"] }),
    () => {
      const users = schema({ multiEntry: ["name"] });
      users.put({ id: 3, name: ["Ada", "Eve"] });
      return users.where("name").equals("Eve").keys();
    },
    [3],
  ],
  [
    'Cannot write to users: "age" is indexed and holds a value of type Object; use a string, number, boolean or valid Date',
    ({ users }) => users.put({ id: 3, age: {} }),
    ({ users }) => ["a", 3, true, new Date(3)].map((age) => users.put({ id: 3, age })),
    [3, 3, 3, 3],
  ],
  [
    'Cannot write to users: another document has the same "email", which is unique; change one of them',
    ({ users }) => users.put({ id: 3, email: "ada@example.org" }),
    ({ users }) => {
      users.update(1, { email: "lovelace@example.org" });
      return users.put({ id: 3, email: "ada@example.org" });
    },
    3,
  ],
  [
    "Cannot create a: an index needs a field; pass a list of names",
    () => schema({ indexes: [[]] }),
    () => schema({ indexes: ["name", ["name", "age"]] }).indexes,
    ["name", "name+age"],
  ],
  [
    'Cannot create a: "tags" is in multiEntry and elsewhere; keep one',
    () => schema({ multiEntry: ["tags"], ordered: ["tags"] }),
    () => [schema({ multiEntry: ["tags"] }).indexes, schema({ ordered: ["tags"] }).indexes],
    [["tags"], ["tags"]],
  ],
  [
    "Cannot create delete: the name is reserved; choose another",
    () => ramify.createStore({ delete: { primaryKey: "id" } }),
    () => ramify.createStore({ deleted: { primaryKey: "id" } }).deleted.name,
    "deleted",
  ],
  [
    "Cannot create a: it has no primaryKey; name a field without dots",
    () => schema({ primaryKey: "meta.id" }),
    () => schema({ primaryKey: "id" }).primaryKey,
    "id",
  ],
  [
    'Cannot query users by "born": it has no index, unlike id, tags, name, age, city+age, email; index it, or use filter',
    ({ users }) => users.where("born"),
    ({ users }) => [
      schema({ indexes: ["born"] }).where("born").equals(1815).count(),
      users.filter(({ born }: { born?: number }) => born === undefined).count(),
    ],
    [0, 2],
  ],
  [
    'Cannot query users by "age": the ends differ in type; pass one type',
    ({ users }) => users.where("age").between(1, "9"),
    ({ users }) => users.where("age").between(1, 30).keys(),
    [2],
  ],
  [
    'Cannot query users by "name": an index cannot hold a value of type Object; pass a scalar',
    ({ users }) => users.where("name").equals({}),
    ({ users }) => users.where("name").equals("Ada").keys(),
    [1],
  ],
  [
    'Cannot query users by "city+age": an index cannot hold "Cork"; pass a list of scalars',
    ({ users }) => users.where(["city", "age"]).equals("Cork"),
    ({ users }) => users.where(["city", "age"]).equals(["Cork", 20]).keys(),
    [2],
  ],
  [
    'Cannot query users by "name": its index has no order; add it to ordered, or use filter',
    ({ users }) => users.where("name").above("B"),
    ({ users }) => [
      schema({ ordered: ["name"] }).where("name").above("B").count(),
      users.filter(({ name }: { name: string }) => name > "B").count(),
    ],
    [0, 1],
  ],
  [
    'Cannot query users by "tags": its index has no order; use filter',
    ({ users }) => users.where("tags").startsWith("x"),
    ({ users }) => users.filter(({ tags }: { tags: string[] }) => tags.includes("y")).keys(),
    [2],
  ],
  [
    'Cannot query users by "name": "Ada" is not a list; pass one',
    ({ users }) => users.where("name").anyOf("Ada"),
    ({ users }) => users.where("name").anyOf(["Ada"]).keys(),
    [1],
  ],
  [
    "Cannot subscribe: miss is not an option; use misses",
    ({ users }) => users.subscribe(() => {}, { miss: true }),
    ({ users }) => typeof users.subscribe(() => {}, { misses: true }),
    "function",
  ],
];

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

test.for(advice)("what an error advises works: %s", async ([message, fails, follows, expected]) => {
  const db = open();
  const before = db.users.toArray();
  expect(errorOf(() => fails(db))).toMatchObject({ message });
  expect(db.users.toArray()).toEqual(before);
  expect(await follows(db)).toEqual(expected);
});

test("every piece of advice in the source of the store is tried", () => {
  const folder = new URL("../../src/store/", import.meta.url);
  const lines = readdirSync(folder).flatMap((name) =>
    readFileSync(new URL(name, folder), "utf8").split("\n")
  );
  const inQuotes = /["`}][^"`]*; ([a-z][\w ,]+)/;
  const given = lines.filter((line) => !/^\s*(\/?\*|\/\/|for )/.test(line)).flatMap((line) =>
    inQuotes.exec(line)?.slice(1) ?? []
  );
  expect(given.length).toBeGreaterThan(15);
  const tried = advice.map(([message]) => message).join("\n");
  expect(given.filter((cure) => !tried.includes(cure.trim()))).toEqual([]);
});
