import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import type { Adapter } from "../../../src/persistence/adapter/adapter.ts";
import {
  persist,
  type Persistence,
  type PersistOptions,
  type SaveFailure,
} from "../../../src/persistence/collections/mod.ts";
import { ConstraintError } from "../../../src/shared/errors.ts";
import { Ramify, type RamifyStore, type Schema } from "../../../src/store/mod.ts";
import { followed } from "./failing.ts";
import { stored, TestClock, type TodoStore, todoStore } from "./support.ts";

interface Followed {
  readonly db: TodoStore;
  readonly saved: Persistence;
  readonly storage: Adapter;
  readonly failures: readonly SaveFailure[];
  readonly errors: readonly unknown[];
}

/** Follows a store over SQLite in which no two documents may have one title. Nobody moves the clock: nothing is retried. */
async function withUniqueTitles(
  policy: "keep" | "revert",
  options: PersistOptions = {},
): Promise<Followed> {
  const database = new DatabaseSync(":memory:");
  const storage = new SqliteStore(database);
  await storage.commit([{ type: "todos", key: 1, value: { id: 1, title: "taken" } }]);
  database.exec(`create unique index titles on todos (data ->> '$.title')`);
  const failures: SaveFailure[] = [];
  const errors: unknown[] = [];
  const db = todoStore();
  const saved = await persist(db, storage, {
    clock: new TestClock(),
    onError: (error) => errors.push(error),
    onFailure: (failure) => {
      failures.push(failure);
      return policy;
    },
    ...options,
  });
  return { db, saved, storage, failures, errors };
}

describe("a document that a unique index of SQLite refuses", () => {
  test('is settled at once by onFailure "keep", and the others of its commit are stored', async () => {
    const { db, saved, storage, failures, errors } = await withUniqueTitles("keep");
    for (let id = 2; id <= 20; id++) {
      db.todos.add({ id, title: id === 7 || id === 13 ? "taken" : `title ${id}` });
    }
    await expect(saved.flush()).rejects.toThrow("todos/13 violates unique title");
    expect(failures).toEqual([7, 13].map((key) => ({
      error: expect.any(ConstraintError),
      documents: [{ collection: "todos", key }],
      permanent: true,
    })));
    expect(errors).toEqual(failures.map(({ error }) => error));
    expect((await stored(storage, "todos")).size).toBe(18);
    expect({ status: saved.status, pending: saved.pending }).toEqual({
      status: "failing",
      pending: 2,
    });
    db.todos.update(7, { title: "free" });
    db.todos.delete(13);
    await saved.flush();
    expect((await stored(storage, "todos")).get(7)).toEqual({ id: 7, title: "free" });
    expect(saved.status).toBe("saved");
    await saved.close();
  });

  test('is taken back out of memory with onFailure "revert"', async () => {
    const { db, saved, storage, failures } = await withUniqueTitles("revert");
    db.todos.bulkAdd([{ id: 2, title: "taken" }, { id: 3, title: "free" }]);
    await expect(saved.flush()).rejects.toThrow("todos/2 violates unique title");
    expect(failures.length).toBe(1);
    expect(db.todos.keys()).toEqual([1, 3]);
    expect([...(await stored(storage, "todos")).keys()]).toEqual([1, 3]);
    expect({ status: saved.status, pending: saved.pending }).toEqual({
      status: "saved",
      pending: 0,
    });
    db.todos.update(3, { title: "taken" });
    await expect(saved.flush()).rejects.toThrow("todos/3 violates unique title");
    expect(db.todos.get(3)).toEqual({ id: 3, title: "free" });
    await saved.close();
  });

  test("is stored by flush once the title is free", async () => {
    const { db, saved, storage } = await withUniqueTitles("keep");
    db.todos.add({ id: 2, title: "taken" });
    await expect(saved.flush()).rejects.toThrow("todos/2 violates unique title");
    db.todos.update(1, { title: "given away" });
    await saved.flush();
    expect((await stored(storage, "todos")).get(2)).toEqual({ id: 2, title: "taken" });
    await saved.close();
  });
});

describe("rows that other tables refer to", () => {
  type Teams = RamifyStore<{ teams: Schema<{ id: string; name: string }, "id"> }>;

  async function teamsWithMembers(
    onFailure: "keep" | "revert",
  ): Promise<{ teams: Teams["teams"]; saved: Persistence; storage: Adapter; errors: unknown[] }> {
    const database = new DatabaseSync(":memory:");
    database.exec("pragma foreign_keys = on");
    const storage = new SqliteMappedStore(database, {
      mapping: { teams: { "x-na:store": { entity: "team_rows", pk: "id" } } },
      schema: {
        $defs: { teams: { properties: { id: { type: "string" }, name: { type: "string" } } } },
      },
    });
    const { teams } = new Ramify().createStore<{
      teams: Schema<{ id: string; name: string }, "id">;
    }>({ teams: { primaryKey: "id" } });
    const errors: unknown[] = [];
    const saved = await persist(teams, storage, {
      clock: new TestClock(),
      onFailure,
      onError: (error) => errors.push(error),
    });
    teams.bulkAdd(["a", "b", "c"].map((id) => ({ id, name: `team ${id}` })));
    await saved.flush();
    database.exec(
      "create unique index team_ids on team_rows (id); " +
        "create table members (team text references team_rows (id)); " +
        "insert into members values ('b')",
    );
    return { teams, saved, storage, errors };
  }

  test("stay when their collection is cleared, and all others are deleted", async () => {
    const { teams, saved, storage, errors } = await teamsWithMembers("keep");
    teams.clear();
    await expect(saved.flush()).rejects.toThrow("teams/b violates foreign key");
    // It is tried again once others are deleted, which may have been what kept it.
    expect(errors.map(String)).toEqual([1, 2].map(() => {
      return expect.stringContaining("teams/b violates foreign key");
    }));
    expect([...(await stored(storage, "teams")).keys()]).toEqual(["b"]);
    expect(teams.count()).toBe(0);
    teams.add({ id: "b", name: "again" });
    await saved.flush();
    expect((await stored(storage, "teams")).get("b")).toEqual({ id: "b", name: "again" });
    await saved.close();
  });

  test('come back to memory when their collection is cleared, with onFailure "revert"', async () => {
    const { teams, saved, storage } = await teamsWithMembers("revert");
    teams.clear();
    await expect(saved.flush()).rejects.toThrow("teams/b violates foreign key");
    expect([...(await stored(storage, "teams")).keys()]).toEqual(["b"]);
    expect(teams.toArray()).toEqual([{ id: "b", name: "team b" }]);
    expect(saved.status).toBe("saved");
    await saved.close();
  });
});

test("a refusal that names no document is halved down to the one that is refused", async () => {
  const { db, saved, storage, errors } = await followed();
  storage.before = (_act, writes) => {
    if (!writes.some(({ key }) => key === 66)) return;
    throw new ConstraintError("Cannot commit: one of the documents violates foreign key", {
      type: "todos",
      constraint: "foreign key",
    });
  };
  for (let id = 2; id <= 100; id++) db.todos.add({ id, title: "new" });
  await expect(saved.flush()).rejects.toThrow("violates foreign key");
  expect((await stored(storage.inner, "todos")).size).toBe(99);
  expect(errors.length).toBe(1);
});
