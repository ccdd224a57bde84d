import { DatabaseSync } from "node:sqlite";
import { describe, expect, test, vi } from "vitest";
import {
  type Adapter,
  createProcessor,
  type Handlers,
  type InstanceStore,
  type Message,
  Ramify,
  type Schema,
  type Store,
} from "../../mod.ts";
import { SqliteStore } from "../../adapters/sqlite.ts";
import { ConstraintError } from "../../src/shared/errors.ts";
import { errorCode } from "../support/counter.ts";

interface User {
  readonly id: string;
  readonly email: string;
}

/** Returns handlers of users, and a function that returns how often their events were run. */
function users(): { readonly handlers: Handlers; readonly runs: () => number } {
  let runs = 0;
  return {
    runs: () => runs,
    handlers: {
      users: {
        mount: ({ id }) => ({ id, email: id }),
        save(email: string, state: User) {
          runs++;
          return { ...state, email };
        },
        async invite({ id, email }: User, state: User, context) {
          runs++;
          await context.update("users", id, (other: User) => ({ ...other, email }));
          return { ...state, email: "the host" };
        },
      },
    },
  };
}

function userMessage(instance: string, event: string, payload?: unknown): Message {
  return { type: "users", instance, event, payload, eventId: `${event}-${instance}` };
}

/** A plain store that lets no two users have one e-mail address, and says so with an error of its own. */
class PlainStore implements Store {
  readonly #users = new Map<string, User>();

  load(_type: string, id: string): Promise<User | null> {
    return Promise.resolve(structuredClone(this.#users.get(id) ?? null));
  }

  persist(_type: string, id: string, _diff: unknown, full: User): Promise<void> {
    if ([...this.#users].some(([other, { email }]) => other !== id && email === full.email)) {
      const details = { name: "ConstraintError", constraint: "unique", field: "email" };
      return Promise.reject(Object.assign(new Error("secret_table.email"), details));
    }
    this.#users.set(id, full);
    return Promise.resolve();
  }
}

/** A SQLite database where another tool lets no two users have one e-mail address. */
async function sqliteStore(): Promise<Adapter> {
  const database = new DatabaseSync(":memory:");
  const store = new SqliteStore(database);
  await store.commit([{ type: "users", key: "first", value: {} }, {
    type: "users",
    key: "first",
    delete: true,
  }]);
  database.exec(`create unique index secret_table on users (data ->> '$.email')`);
  return store;
}

function ramifyDb(): InstanceStore {
  return new Ramify().createStore<{ users: Schema<User, "id"> }>({
    users: { primaryKey: "id", unique: ["email"] },
  });
}

const stores: readonly [string, () => InstanceStore | Promise<InstanceStore>][] = [
  ["a unique index in SQLite", sqliteStore],
  ["a plain store", () => new PlainStore()],
  ["a Ramify db", ramifyDb],
];

describe.for(stores)("a value that %s has already", ([, open]) => {
  test("is refused after one run, with its field and no word of the storage", async () => {
    const { handlers, runs } = users();
    const onError = vi.fn();
    const process = createProcessor(handlers, await open(), { onError });
    await process(userMessage("ada", "mount"));
    await process(userMessage("bob", "mount"));
    const patches = await process(userMessage("bob", "save", "ada"));
    expect(patches).toEqual([{
      action: "error",
      code: "constraint",
      message: "This is already taken",
      fields: { email: "This is already taken" },
      eventId: "save-bob",
      type: "users",
      instance: "bob",
    }]);
    expect(runs()).toBe(1);
    expect(onError).not.toHaveBeenCalled();
    expect(await process(userMessage("bob", "mount"))).toContainEqual(
      expect.objectContaining({ prop: "email", value: "bob", rev: 1 }),
    );
    const accepted = { ...userMessage("bob", "save", "robert"), eventId: "another" };
    expect(await process(accepted)).toMatchObject([{ prop: "email", value: "robert", rev: 2 }]);
  });
});

describe("an event of two instances, one of which is refused", () => {
  test.for([["SQLite", sqliteStore], ["a Ramify db", ramifyDb]] as const)(
    "changes neither in %s",
    async ([, open]) => {
      const { handlers, runs } = users();
      const store = await open();
      const process = createProcessor(handlers, store);
      for (const id of ["ada", "bob", "eve"]) await process(userMessage(id, "mount"));
      const patches = await process(userMessage("ada", "invite", { id: "bob", email: "eve" }));
      expect([errorCode(patches), runs()]).toEqual(["constraint", 1]);
      for (const id of ["ada", "bob", "eve"]) {
        expect(await process(userMessage(id, "mount"))).toContainEqual(
          expect.objectContaining({ prop: "email", value: id, rev: 1 }),
        );
      }
    },
  );
});

test("a constraint of a Ramify db that a handler itself writes to refuses the event as well", async () => {
  const db = new Ramify().createStore<{ users: Schema<User, "id"> }>({
    users: { primaryKey: "id", unique: ["email"] },
  });
  db.users.add({ id: "ada", email: "ada@example" });
  let runs = 0;
  const process = createProcessor({
    Form: {
      submit(email: string) {
        runs++;
        db.users.add({ id: "bob", email });
        return { email };
      },
    },
  }, new Map());
  await process({ type: "Form", instance: "1", event: "mount" });
  const patches = await process({
    type: "Form",
    instance: "1",
    event: "submit",
    payload: "ada@example",
  });
  expect(patches).toMatchObject([{ code: "constraint", fields: { email: expect.any(String) } }]);
  expect([runs, db.users.count()]).toEqual([1, 1]);
});

test.for(
  [
    ["unique", "This is already taken", false],
    ["primary key", "This is already taken", false],
    ["not null", "This is required", true],
    ["foreign key", "This refers to something that is not there", true],
    ["check", "This is not allowed", true],
    ["trigger", "This is not allowed", true],
    ["__proto__", "This is not allowed", true],
  ] as const,
)(
  "a constraint of the kind %s is told as %j, and the application hears of it: %s",
  async ([constraint, message, isReported]) => {
    const error = new ConstraintError("secret words", { type: "users", constraint });
    const onError = vi.fn();
    const process = createProcessor(
      {
        Form: {
          submit() {
            throw error;
          },
        },
      },
      new Map(),
      { onError },
    );
    await process({ type: "Form", instance: "1", event: "mount" });
    const [patch] = await process({ type: "Form", instance: "1", event: "submit" });
    expect(patch).toMatchObject({ code: "constraint", message });
    expect(patch).not.toHaveProperty("fields");
    expect(onError.mock.calls.map(([reported]) => reported)).toEqual(isReported ? [error] : []);
  },
);
