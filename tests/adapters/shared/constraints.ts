/**
 * What every SQL adapter makes of a constraint that refuses a write. Each case runs on a new database.
 *
 * @module
 */
import { expect } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { ConflictError, ConstraintError } from "../../../mod.ts";
import type { SqlDatabase } from "../../../adapters/_sql-drivers/any.ts";
import type { Adapter, Write } from "../../../src/persistence/adapter/adapter.ts";

/** A database, and ways into it. */
export interface ConstrainedDatabase {
  /** What a store is made of. */
  readonly database: SqlDatabase;
  /** Runs one statement as another tool would. */
  readonly exec: (sql: string) => unknown;
  /** Opens a store of a table per type. */
  readonly open: () => Adapter;
}

/** A case, as a test runner takes it. */
export interface ConstraintCase {
  readonly name: string;
  readonly run: (database: ConstrainedDatabase) => Promise<void>;
}

/** Returns what a call was refused with. */
async function refusalOf(call: Promise<unknown>): Promise<ConstraintError> {
  const error = await call.then(() => undefined, (error: unknown) => error);
  expect(error).toBeInstanceOf(ConstraintError);
  expect((error as Error).name).toBe("ConstraintError");
  return error as ConstraintError;
}

const user = (key: string | number, value: object): Write => ({ type: "User", key, value });
const ada = { email: "ada@example.org", tags: ["a"] };
const eve = { email: "eve@example.org", tags: ["b"] };

const text = { type: "string" };
const todos = { type: "array", items: { $ref: "#/$defs/Todo" } };

/** Opens a store on tables that another tool has made. */
function mappedOn(database: SqlDatabase): Adapter {
  return new SqliteMappedStore(database, {
    mapping: {
      Person: { "x-na:store": { entity: "people", pk: "handle" } },
      Todo: { "x-na:store": { entity: "todos" } },
    },
    schema: {
      $defs: {
        Person: {
          properties: { handle: text, email: text, age: { type: "integer" }, team: text, todos },
        },
        Todo: { properties: { id: text, title: text } },
      },
    },
  });
}

const tables = [
  "create table teams (id text primary key)",
  "create table people (handle text primary key, email text unique, " +
  "age integer constraint grown check (age >= 18), team text references teams (id), " +
  "city text not null default 'Cork', check (length(email) > 3))",
  "create table todos (id text primary key, title text not null unique on conflict replace)",
];

const person = (handle: string, value: object = {}): Write => {
  return { type: "Person", key: handle, value: { handle, ...value } };
};

interface MappedRefusal {
  readonly title: string;
  readonly value: object;
  readonly expected: Partial<ConstraintError>;
}

/** What is refused beside `{ handle: "ada", email: "ada@example.org" }`. */
const mappedRefusals: readonly MappedRefusal[] = [
  {
    title: "a unique column",
    value: { email: "ada@example.org" },
    expected: { constraint: "unique", field: "email", table: "people", columns: ["email"] },
  },
  {
    title: "a CHECK without a name",
    value: { email: "e" },
    expected: { constraint: "check", field: "email" },
  },
  { title: "a CHECK with a name", value: { age: 17 }, expected: { constraint: "check" } },
  {
    title: "a foreign key",
    value: { team: "gone" },
    expected: { constraint: "foreign key" },
  },
  {
    title: "NOT NULL in the row of an item",
    value: { todos: [{ id: "x" }] },
    expected: {
      ...{ constraint: "not null", table: "todos", columns: ["title"] },
      ...{ field: "todos", path: "todos.title" },
    },
  },
  {
    title: "a unique column that would replace another document's item",
    value: { todos: [{ id: "y", title: "milk" }] },
    expected: { constraint: "unique", table: "todos", field: "todos", path: "todos.title" },
  },
  {
    title: "a trigger",
    value: { email: "root@example.org" },
    expected: { constraint: "trigger" },
  },
];

/** The cases. */
export const constraintCases: readonly ConstraintCase[] = [
  {
    name: "a unique index on an expression refuses a write as ConstraintError, with key and field",
    async run({ exec, open }) {
      const store = open();
      const [version] = await store.commit([user("ada", ada), user(7, eve)]);
      await exec(
        `create unique index user_email on "User" (json_extract(data, '$.email')) ` +
          "where json_valid(data)",
      );
      const taken = { type: "User", constraint: "unique", field: "email", table: "User" };
      const writes: readonly Write[][] = [
        [user("b", ada)],
        [{ ...user("b", ada), ifVersion: null }],
        [user("b", { ...ada, ttl: 1 }), user("c", { email: "c@example.org" })],
        [
          { type: "Log", key: 1, value: "first" },
          user("c", { email: "c@example.org" }),
          user("b", ada),
          user("d", ada),
        ],
        [{ ...user("b", ada), ttl: 60_000 }],
      ];
      for (const some of writes) {
        const error = await refusalOf(store.commit(some));
        expect(error).toMatchObject({ ...taken, key: "b" });
        expect(error.message).toMatch(
          /^Cannot commit to (SQLite|D1|Durable Object): User\/b violates unique email \(.*'user_email'\); /,
        );
        expect(error.message).toContain("change one of them");
        expect(error.cause).toBeInstanceOf(Error);
      }
      const change = { ...user("ada", eve), ifVersion: version! };
      expect(await refusalOf(store.commit([change]))).toMatchObject({ ...taken, key: "ada" });
      expect(await store.get("User", "ada")).toMatchObject({ value: ada, version });
      expect(await store.get("User", "b")).toBeUndefined();
      expect(await store.get("User", "c")).toBeUndefined();
      expect(await store.get("Log", 1)).toBeUndefined();
      await store.commit([user("b", { email: "b@example.org" })]);
    },
  },
  {
    name: "a conditional write that loses its race is a ConflictError, though constraints are near",
    async run({ exec, open }) {
      const store = open();
      await store.commit([user("ada", ada), user("eve", eve)]);
      await exec(`create unique index user_email on "User" (data ->> '$.email')`);
      const stale = { ...user("ada", { email: "new@example.org" }), ifVersion: null };
      await expect(store.commit([stale])).rejects.toThrow(ConflictError);
      // Both are wrong with this one: read again, it would be refused for good.
      const both = [stale, user("b", eve)];
      await expect(store.commit(both)).rejects.toMatchObject({ name: "ConflictError", key: "ada" });
      expect(await store.load("User", "ada")).toEqual(ada);
    },
  },
  {
    name: "a trigger refuses puts, deletes and clearing in its own words",
    async run({ exec, open }) {
      const store = open();
      const [version] = await store.commit([user("ada", ada), user("eve", eve)]);
      await exec(
        `create trigger kept before delete on "User" begin ` +
          "select raise(abort, 'no such table: users are kept'); end",
      );
      await exec(
        `create trigger shut before insert on "User" when new.id like 'x%' begin ` +
          "select raise(abort, 'UNIQUE constraint failed: JSON path ''conflict'''); end",
      );
      const removal: Write = { type: "User", key: "ada", delete: true };
      const removals = [[removal], [{ ...removal, ifVersion: version! }], [
        user("b", {}),
        user("c", {}),
        removal,
      ]];
      for (const some of removals) {
        const error = await refusalOf(store.commit(some));
        expect(error).toMatchObject({ type: "User", key: "ada", constraint: "trigger" });
        expect(error.message).toContain("violates trigger (no such table: users are kept)");
        expect(error).not.toHaveProperty("field");
      }
      for (
        const some of [[user("x", {})], [{ ...user("x", {}), ifVersion: null }, user("y", {})]]
      ) {
        expect(await refusalOf(store.commit(some)))
          .toMatchObject({ type: "User", key: "x", constraint: "trigger" });
      }
      const cleared = await refusalOf(store.clear("User"));
      expect(cleared).toMatchObject({ type: "User", constraint: "trigger" });
      expect(cleared).not.toHaveProperty("key");
      expect(cleared.message).toMatch(/^Cannot clear User in .*users are kept/);
      expect(await store.count?.("User")).toBe(2);
    },
  },
  {
    name: "a put that a trigger ignores is refused, and not taken for a conflict or for stored",
    async run({ exec, open }) {
      const store = open();
      await store.commit([user("ada", ada)]);
      await exec(
        `create trigger deaf before insert on "User" when new.id = 'b' begin ` +
          "select raise(ignore); end",
      );
      expect(await refusalOf(store.commit([user("b", {})])))
        .toMatchObject({ type: "User", key: "b", constraint: "trigger" });
    },
  },
  ...mappedRefusals.map(({ title, value, expected }): ConstraintCase => ({
    name: `${title} of the user's own tables refuses a document as ConstraintError`,
    async run({ database, exec }) {
      for (const table of tables) await exec(table);
      await exec(
        "create trigger no_root before insert on people when new.email like 'root@%' begin " +
          "select raise(abort, 'root is taken'); end",
      );
      const store = mappedOn(database);
      const before = { email: "ada@example.org", todos: [{ id: "m", title: "milk" }] };
      await store.commit([person("ada", before)]);
      const commits = [
        [person("b", value)],
        [person("z"), { ...person("b", value), ifVersion: null }, person("c")],
      ];
      for (const writes of commits) {
        const error = await refusalOf(store.commit(writes));
        expect(error).toMatchObject({ type: "Person", key: "b", ...expected });
        if (!expected.field) expect(error).not.toHaveProperty("field");
      }
      expect(await store.load("Person", "ada")).toEqual({ handle: "ada", ...before });
      expect(await store.count?.("Person")).toBe(1);
    },
  })),
  {
    name: "a primary key of the user's own table is named by the property that it holds",
    async run({ database, exec }) {
      for (const table of tables) await exec(table);
      await exec("insert into people (handle) values ('theirs')");
      const error = await refusalOf(mappedOn(database).commit([person("theirs")]));
      expect(error).toMatchObject({
        ...{ type: "Person", key: "theirs", constraint: "primary key" },
        ...{ table: "people", columns: ["handle"], field: "handle" },
      });
    },
  },
];
