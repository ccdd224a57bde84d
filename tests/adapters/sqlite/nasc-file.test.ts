import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { createProcessor } from "../../../mod.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-nasc-"));
afterAll(() => rmSync(folder, { recursive: true }));
let folders = 0;

const docs = readFileSync(new URL("../../../docs/migrating.md", import.meta.url), "utf8");
const script = /```js ignore\n(\/\/ import-nasc\.mjs\n[\s\S]*?)^```$/m.exec(docs)![1]!;

/** The tables of Nasc, as its store makes them, by name. */
type Tables = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Makes a file as the store of Nasc does, with texts by table and id, and returns its folder and its bytes. */
function nascFile(tables: Tables) {
  const cwd = join(folder, String(folders++));
  mkdirSync(cwd);
  const path = join(cwd, "nasc.db");
  const database = new DatabaseSync(path);
  database.exec("pragma journal_mode = wal");
  for (const [table, rows] of Object.entries(tables)) {
    database.exec(`create table ${table} (id text primary key, data text not null)`);
    for (const [id, data] of Object.entries(rows)) {
      database.prepare(`replace into ${table} (id, data) values (?, ?)`).run(id, data);
    }
  }
  database.close();
  // The script as it stands in the docs, with this repository in the place of the package.
  const source = new URL("../../../adapters/sqlite.ts", import.meta.url).href;
  writeFileSync(join(cwd, "import-nasc.mjs"), script.replace('"rian/sqlite"', `"${source}"`));
  return { cwd, path };
}

/** Returns the old tables and their rows. */
function read(path: string): unknown[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const tables = database.prepare(
      "select name, sql from sqlite_master where sql like '%(id text primary key, data text not null)'",
    ).all() as { name: string; sql: string }[];
    return tables.map(({ name, sql }) => [sql, database.prepare(`select * from ${name}`).all()]);
  } finally {
    database.close();
  }
}

/** Runs the command of the docs. */
async function run(cwd: string, ...types: readonly string[]): Promise<string> {
  const command = ["import-nasc.mjs", "nasc.db", "rian.db", ...types];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd });
  return stdout;
}

const users = {
  me: JSON.stringify({ id: "me", name: "Ada", tags: ["a", { deep: null }] }),
  'it\'s "quoted" ü': JSON.stringify({ id: "x" }),
};

describe("the command that imports a file of Nasc", () => {
  test("copies the instances of each type, for the next event to find, and leaves the file alone", async () => {
    const lists = { "my-list": JSON.stringify({ items: [{ id: "1", title: "Read" }] }) };
    const { cwd, path } = nascFile({ users, todolists: lists });
    const before = read(path);
    expect(before).toHaveLength(2);
    expect(await run(cwd, "User", "TodoList")).toBe("Imported 3 instances\n");
    expect(read(path)).toEqual(before);

    const store = new SqliteStore(join(cwd, "rian.db"));
    for (const [id, text] of Object.entries(users)) {
      expect(await store.load("User", id)).toEqual(JSON.parse(text));
    }
    const process = createProcessor({
      TodoList: {
        mount: () => ({ items: [] }),
        clear: (_: unknown, list: object) => ({ ...list, items: [], was: list }),
      },
    }, store);
    const list = { type: "TodoList", instance: "my-list" };
    expect(await process({ ...list, event: "mount" })).toMatchObject([
      { prop: "items", value: [{ id: "1", title: "Read" }] },
    ]);
    await process({ ...list, event: "clear" });
    expect(await store.load("TodoList", "my-list"))
      .toEqual({ items: [], was: { items: [{ id: "1", title: "Read" }] } });
    await store.close();
  });

  test("writes nothing if it ran before, and overwrites no newer state", async () => {
    const { cwd } = nascFile({ users });
    await run(cwd, "User");
    const store = new SqliteStore(join(cwd, "rian.db"));
    await store.commit([{ type: "User", key: "me", value: { name: "Grace" } }]);
    await expect(run(cwd, "User")).rejects.toThrow("ConflictError");
    expect(await store.load("User", "me")).toEqual({ name: "Grace" });
    await store.close();
  });

  test.for<[problem: string, tables: Tables, message: string]>([
    ["a table that is not there", {}, "no such table: users"],
    ["a text that is no JSON", { users: { ...users, broken: "{" } }, "JSON"],
  ])("writes nothing because of %s", async ([, tables, message]) => {
    const { cwd } = nascFile(tables);
    await expect(run(cwd, "User")).rejects.toThrow(message);
    const store = new SqliteStore(join(cwd, "rian.db"));
    expect(await store.load("User", "me")).toBeNull();
    await store.close();
  });
});

test.each(["better-sqlite3", "node:sqlite"] as const)(
  "a file of Nasc that SqliteStore opens with %s keeps its tables as they are, whatever types are written",
  async (driver) => {
    const { path } = nascFile({ users, todolists: { a: '{"items":[]}' } });
    const before = read(path);
    expect(before).toHaveLength(2);
    const store = new SqliteStore(path, { driver });
    const put = (type: string) => store.commit([{ type, key: "me", value: { mine: true } }]);
    for (const type of ["User", "TodoList"]) {
      expect(await store.load(type, "me")).toBeNull();
      await put(type);
      expect(await store.load(type, "me")).toEqual({ mine: true });
    }
    // The names of these types are those of the old tables.
    for (const type of ["users", "Users", "todolists"]) {
      const problem = `Cannot use the type ${type} in SQLite: its table has other columns than ` +
        "rian's; rename the type or that table";
      await expect(store.load(type, "me")).rejects.toThrow(problem);
      await expect(put(type)).rejects.toThrow(problem);
      await expect(store.clear(type)).rejects.toThrow(problem);
    }
    await store.close();
    expect(read(path)).toEqual(before);
  },
);
