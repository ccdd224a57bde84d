import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { onTestFinished } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";
import { type ClearablePlatform, testClearing } from "./cleared-scenario.ts";
import { Watched } from "./support.ts";

/** Makes a file of SQLite, and another connection to it. */
function sqliteFile(): { readonly path: string; readonly others: DatabaseSync } {
  const folder = mkdtempSync(join(tmpdir(), "rian-cleared-"));
  const path = join(folder, "app.sqlite");
  const others = new DatabaseSync(path);
  onTestFinished(() => {
    others.close();
    rmSync(folder, { recursive: true });
  });
  return { path, others };
}

function tablesOf(database: DatabaseSync): readonly string[] {
  const tables = database.prepare(
    "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'",
  ).all();
  return tables.map(({ name }) => `"${String(name)}"`);
}

const mapping = { todos: { "x-na:store": { entity: "todo_rows", pk: "id" } } };
const schema = {
  $defs: { todos: { properties: { id: { type: "number" }, title: { type: "string" } } } },
};

const platforms: Readonly<Record<string, () => ClearablePlatform>> = {
  "SQLite whose rows are deleted": () => {
    const { path, others } = sqliteFile();
    return {
      open: () => new SqliteStore(path),
      clear: () => tablesOf(others).forEach((table) => others.exec(`delete from ${table}`)),
    };
  },
  "SQLite whose tables are dropped": () => {
    const { path, others } = sqliteFile();
    return {
      open: () => new SqliteStore(path),
      clear: () => tablesOf(others).forEach((table) => others.exec(`drop table ${table}`)),
    };
  },
  "mapped SQLite whose rows are deleted": () => {
    const { path, others } = sqliteFile();
    return {
      open: () => new SqliteMappedStore(path, { mapping, schema }),
      clear: () => tablesOf(others).forEach((table) => others.exec(`delete from ${table}`)),
    };
  },
  "a MemoryStore": () => {
    const store = new MemoryStore();
    return {
      // The store outlives what is opened on it.
      open: () => Object.assign(new Watched(store), { close: () => Promise.resolve() }),
      async clear() {
        for (const type of ["todos", "lists", "rian.collections"]) await store.clear(type);
      },
    };
  },
  "a MemoryStore that is watched": () => {
    const store = new MemoryStore();
    return {
      open: () => Object.assign(new Watched(store).watching(), { close: () => Promise.resolve() }),
      async clear() {
        for (const type of ["rian.collections", "todos", "lists"]) await store.clear(type);
      },
    };
  },
};

testClearing(platforms);
