import Database from "better-sqlite3";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, test, vi } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import type { SqliteHandle } from "../../../adapters/sqlite.ts";

describe("A handle that reads integers as bigints or rows as arrays", () => {
  test.each<[string, () => SqliteHandle]>([
    ["better-sqlite3", () => new Database(":memory:").defaultSafeIntegers(true)],
    ["node:sqlite", () => {
      const options = { readBigInts: true, returnArrays: true };
      return new DatabaseSync(":memory:", options as ConstructorParameters<typeof DatabaseSync>[1]);
    }],
  ])("is as good as any other (%s)", async (_, open) => {
    const store = new SqliteStore(open());
    const value = { n: 1, big: 2n ** 70n };
    const [version] = await store.commit([
      { type: "Note", key: "a", value, metadata: { rev: 1 }, ttl: 1e9 },
      { type: "Note", key: "b", value: 1 },
    ]);
    const expected = { key: "a", value, version, metadata: { rev: 1 } };
    expect(await store.get("Note", "a")).toEqual(expected);
    const listed = await store.pages("Note").next();
    expect(listed.value?.[0]).toEqual(expected);
    await store.commit([{ type: "Note", key: "a", value: 2, ifVersion: version! }]);
    expect(await store.load("Note", "a")).toBe(2);
    await store.clear("Note");
  });
});

describe("A transaction that could not be rolled back", () => {
  /** Returns a handle whose next rollbacks fail, this many times. */
  function stubborn(): {
    handle: SqliteHandle;
    database: DatabaseSync;
    refuse(times: number): void;
  } {
    const database = new DatabaseSync(":memory:");
    let refusals = 0;
    const handle: SqliteHandle = {
      prepare: (sql) => database.prepare(sql),
      close: () => database.close(),
      exec(sql) {
        if (sql === "rollback" && refusals-- > 0) throw new Error("injected fault");
        database.exec(sql);
      },
    };
    return { handle, database, refuse: (times) => refusals = times };
  }

  const two = (value: number, ifVersion?: null) => {
    const condition = ifVersion === null ? { ifVersion } : {};
    return ["a", "b"].map((key) => ({ type: "Note", key, value, ...condition }));
  };

  test("is rolled back before the next call, whose work would be lost with it", async () => {
    const { handle, database, refuse } = stubborn();
    const store = new SqliteStore(handle);
    await store.commit(two(1));
    refuse(1);
    await expect(store.commit(two(2, null))).rejects.toThrow("not at the version");
    await store.commit([{ type: "Note", key: "c", value: 3 }]);
    expect(() => database.exec("rollback")).toThrow("no transaction");
    expect(await store.load("Note", "c")).toBe(3);
    expect(await store.load("Note", "a")).toBe(1);
  });

  test("has every call refused until it is rolled back", async () => {
    const { handle, database, refuse } = stubborn();
    const store = new SqliteStore(handle);
    await store.commit(two(1));
    refuse(3);
    await expect(store.commit(two(2, null))).rejects.toThrow();
    await expect(store.commit([{ type: "Note", key: "c", value: 3 }]))
      .rejects.toThrow("Cannot use SQLite: a transaction that failed cannot be rolled back");
    database.exec("rollback");
    expect(await store.load("Note", "c")).toBeNull();
    expect(await store.load("Note", "a")).toBe(1);
  });
});

describe("A better-sqlite3 whose binary does not load", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  class Broken {
    constructor() {
      throw new Error("Could not locate the bindings file");
    }
  }

  /** Lets the runtime load it, and have the other modules or not. */
  function loadBroken({ "node:sqlite": sqlite }: { "node:sqlite": unknown }): void {
    const modules: Record<string, unknown> = {
      "node:module": { createRequire: () => () => Broken },
      "node:sqlite": sqlite,
    };
    vi.spyOn(process, "getBuiltinModule").mockImplementation((name) => modules[name] as object);
  }

  test("gives way to node:sqlite", async () => {
    loadBroken({ "node:sqlite": { DatabaseSync } });
    const store = new SqliteStore(":memory:");
    await store.persist("Note", "a", {}, 1);
    expect(await store.load("Note", "a")).toBe(1);
    await store.close();
  });

  test("is refused with its cure if there is no node:sqlite either", async () => {
    loadBroken({ "node:sqlite": undefined });
    const store = new SqliteStore(":memory:");
    await expect(store.load("Note", "a")).rejects.toThrow(
      "Cannot open a SQLite file: better-sqlite3 does not start (Could not locate the bindings " +
        "file) and this runtime has no node:sqlite; run `npm rebuild better-sqlite3`",
    );
  });
});

describe.each([
  ["node:sqlite", () => new DatabaseSync(":memory:")],
  ["better-sqlite3", () => new Database(":memory:") as unknown as DatabaseSync],
])("In a transaction of the owner of a %s handle, SqliteStore", (_, open) => {
  async function within(): Promise<{ handle: DatabaseSync; store: SqliteStore }> {
    const handle = open();
    const store = new SqliteStore(handle);
    await store.commit(["a", "b"].map((key) => ({ type: "Note", key, value: 1 })));
    handle.exec("create table mine (x); begin; insert into mine values (1)");
    return { handle, store };
  }

  test.each<[string, (store: SqliteStore) => Promise<unknown>]>([
    ["a write", (store) => store.commit([{ type: "Note", key: "a", value: 2 }])],
    ["writes", (store) => store.commit(["a", "b"].map((key) => ({ type: "Note", key, value: 2 })))],
    ["the first write of a type", (store) => store.commit([{ type: "New", key: 1, value: 2 }])],
    ["a clear", (store) => store.clear("Note")],
  ])(
    "refuses %s, which could be rolled back later, and leaves the transaction alone",
    async (_, write) => {
      const { handle, store } = await within();
      await expect(write(store)).rejects.toThrow("has a transaction open");
      handle.exec("commit");
      expect(handle.prepare("select x from mine").all()).toEqual([{ x: 1 }]);
      expect(await store.load("Note", "a")).toBe(1);
      await write(store);
    },
  );

  test("reads", async () => {
    const { handle, store } = await within();
    expect(await store.load("Note", "a")).toBe(1);
    expect((await store.pages("Note").next()).value).toHaveLength(2);
    handle.exec("commit");
  });
});
