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
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { encodeKey } from "../../../src/persistence/adapter/keys.ts";
import { testAdapter } from "../../../src/testing/mod.ts";

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
    return new SqliteStore(open(path), { clock: { now: () => now } });
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

  test(`writes ${how} that are not awaited take effect in the order of the calls, which make their tables`, async () => {
    const store = new SqliteStore(open(join(folder, `order ${how}.db`)));
    const put = (types: readonly string[], value: number) => {
      return store.commit(types.map((type) => ({ type, key: "a", value })));
    };
    await Promise.all([put(["A", "B"], 1), put(["A"], 2), put(["B", "A"], 3), put(["B"], 4)]);
    expect([await store.load("A", "a"), await store.load("B", "a")]).toEqual([3, 4]);
    await store.close();
  });
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

  test("opens a file in WAL mode, so readers and a writer do not wait for each other", async () => {
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

  test("does not touch tables of others", async () => {
    const database = new DatabaseSync(":memory:");
    database.exec("create table users (id integer primary key, name text)");
    const store = new SqliteStore(database);
    const commit = store.commit([{ type: "Users", key: 1, value: 1 }]);
    await expect(commit).rejects.toThrow(
      "Cannot use the type Users in SQLite: its table has other columns",
    );
    expect(database.prepare("select * from users").all()).toEqual([]);
  });

  test("does not take a failure of another tool's trigger for a conflict, which would be tried again", async () => {
    const database = new DatabaseSync(":memory:");
    const store = new SqliteStore(database);
    const [version] = await store.commit([{ type: "Note", key: "a", value: 1 }]);
    database.exec(`create trigger broken before insert on "Note" begin select json('{'); end`);
    const commit = store.commit([
      { type: "Note", key: "a", value: 2, ifVersion: version! },
      { type: "Note", key: "b", value: 2, ifVersion: null },
    ]);
    await expect(commit).rejects.toThrow("malformed JSON");
    expect(await store.load("Note", "a")).toBe(1);
  });

  test("overwrites no other document if a unique index of another tool lets only one have a value", async () => {
    const database = new DatabaseSync(":memory:");
    const store = new SqliteStore(database);
    const put = (key: string, mail: string) => ({ type: "User", key, value: { mail } });
    await store.commit([put("a", "ada@example.org")]);
    database.exec(`create unique index mail on "User" (data ->> '$.mail')`);
    const taken = "Cannot commit to SQLite: User/b violates unique mail (UNIQUE constraint failed";
    for (const condition of [{}, { ifVersion: null }]) {
      const second = { ...put("b", "ada@example.org"), ...condition };
      await expect(store.commit([second])).rejects.toThrow(taken);
      await expect(store.commit([put("c", "c@example.org"), second])).rejects.toThrow(taken);
    }
    expect(await store.load("User", "a")).toEqual({ mail: "ada@example.org" });
    expect(await store.count("User")).toBe(1);
  });

  test("removes expired entries when an entry with a ttl is written", async () => {
    const database = new DatabaseSync(":memory:");
    let time = 0;
    const store = new SqliteStore(database, { clock: { now: () => time } });
    for (; time < 500; time += 10) {
      await store.commit([{ type: "Receipt", key: time, value: 1, ttl: 100 }]);
    }
    expect(database.prepare(`select count(*) as n from "Receipt"`).get()).toEqual({ n: 10 });
  });

  test("says what to do if the file cannot be opened, and opens it once that is possible", async () => {
    const store = new SqliteStore(join(folder, "later", "a.db"));
    await expect(store.get("Note", 1)).rejects.toThrow("check that its folder exists");
    mkdirSync(join(folder, "later"));
    expect(await store.get("Note", 1)).toBeUndefined();
    await store.close();
  });

  // Only Linux shows which files are open.
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
