import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import {
  type ConstraintError,
  createProcessor,
  defineHandler,
  type HandlerContext,
  type InstanceStore,
  NascError,
  Ramify,
} from "../../mod.ts";

interface User {
  readonly id: string;
  readonly email: string;
}

/** A SQLite database where another tool lets no two users have one e-mail address. */
async function sqlite(): Promise<InstanceStore> {
  const database = new DatabaseSync(":memory:");
  const store = new SqliteStore(database);
  await store.commit([{ type: "users", key: "none", value: {} }]);
  database.exec(`create unique index secret_table on users (data ->> '$.email')`);
  return store;
}

function ramify(): InstanceStore {
  return new Ramify().createStore({ users: { primaryKey: "id", unique: ["email"] } });
}

/** Lets Bob take Ada's address, and returns what he is told and what the log is. */
async function take(
  refused: (error: ConstraintError, context: HandlerContext) => unknown,
  store: InstanceStore,
) {
  const errors: unknown[] = [];
  const users = defineHandler()({
    mount: ({ id }): User => ({ id, email: id }),
    save: (email: string, user) => ({ ...user, email }),
    refused: refused as () => NascError,
  });
  const process = createProcessor({ users }, store, {
    onError: (error) => void errors.push(error),
  });
  await process({ type: "users", instance: "ada", event: "mount" });
  const save = { type: "users", instance: "bob", event: "save", payload: "ada" } as const;
  const [patch] = await process(save, { user: "bob" });
  return { patch, errors };
}

const usual = { action: "error", code: "constraint", fields: { email: "This is already taken" } };

describe.for([["SQLite", sqlite], ["a Ramify db", ramify]] as const)(
  "a commit that a constraint of %s refuses",
  ([, open]) => {
    test("is refused with the handler's own code, field and words", async () => {
      const seen: unknown[] = [];
      const { patch, errors } = await take((error, { type, id, user }) => {
        seen.push([error.constraint, error.field, type, id, user]);
        return new NascError("address-taken", "Choose another", { fields: { mail: "Another" } });
      }, await open());
      expect(patch).toMatchObject({
        code: "address-taken",
        message: "Choose another",
        fields: { mail: "Another" },
        instance: "bob",
      });
      expect(seen).toEqual([["unique", "email", "users", "bob", "bob"]]);
      expect(errors).toEqual([]);
    });

    test("may be refused by throwing, too", async () => {
      const { patch } = await take(() => {
        throw new NascError("address-taken", "Choose another");
      }, await open());
      expect(patch).toMatchObject({ code: "address-taken" });
    });

    test("is refused as usual where the handler has nothing to say", async () => {
      const { patch, errors } = await take(() => undefined, await open());
      expect(patch).toMatchObject(usual);
      expect(errors).toEqual([]);
    });

    test.for<[what: string, refused: () => unknown, problem: string]>([
      ["an error of another kind", () => new Error("secret"), "it failed"],
      ["a text", () => "taken", 'it returned "taken", a string'],
      ["a promise", () => Promise.reject(new NascError("late", "Late")), "it returned a promise"],
      ["nothing but what it throws", () => {
        throw new TypeError("secret");
      }, "it failed"],
    ])(
      "is refused as usual where that returns %s, which is reported",
      async ([, refused, problem]) => {
        const { patch, errors } = await take(refused, await open());
        expect(patch).toMatchObject(usual);
        expect(JSON.stringify(patch)).not.toContain("secret");
        expect(errors).toHaveLength(1);
        expect(String(errors[0])).toContain(`Cannot ask refused of users: ${problem}`);
      },
    );
  },
);

test("refused is not asked for what a handler throws by itself", async () => {
  let asked = 0;
  const users = defineHandler()({
    save() {
      throw Object.assign(new Error("secret"), { name: "ConstraintError", constraint: "unique" });
    },
    refused: () => void asked++,
  });
  const process = createProcessor({ users }, ramify());
  const [patch] = await process({ type: "users", instance: "ada", event: "save" });
  expect([patch, asked]).toMatchObject([{ code: "constraint" }, 0]);
});
