import type { SqliteHandle } from "./sqlite-handle.ts";

type Constructor = new (path: string) => SqliteHandle;

/** Opens a file in WAL mode with better-sqlite3, or with `node:sqlite` if that is not installed or does not work. */
export async function openFile(path: string): Promise<SqliteHandle> {
  const Database = loadDriver();
  let database: SqliteHandle | undefined;
  try {
    database = new Database(path);
    database.exec("pragma busy_timeout = 5000");
    database.exec("pragma journal_mode = wal");
    return database;
  } catch (cause) {
    database?.close();
    throw new Error(
      `Cannot open the SQLite file ${path}: ${
        messageOf(cause)
      }; check that its folder exists and can be written, and that nobody else has locked it`,
      { cause },
    );
  }
}

function loadDriver(): Constructor {
  const better = loadBetterSqlite3();
  if (typeof better === "function") return better;
  const sqlite = builtinModule("node:sqlite");
  if (sqlite) return sqlite.DatabaseSync;
  const [problem, cure] = better
    ? [`better-sqlite3 does not start (${messageOf(better)})`, "npm rebuild better-sqlite3"]
    : ["better-sqlite3 is not installed", "npm install better-sqlite3"];
  throw new Error(
    `Cannot open a SQLite file: ${problem} and this runtime has no node:sqlite; run \`${cure}\`, ` +
      "or use Node 22.13 or Deno 2.2 and later",
    { cause: better },
  );
}

/** Returns the driver, `undefined` if it is not installed, or the error that it fails with. */
function loadBetterSqlite3(): Constructor | Error | undefined {
  let Database: Constructor | undefined;
  try {
    const require = builtinModule("node:module")?.createRequire(import.meta.url);
    Database = require?.("better-sqlite3") as Constructor | undefined;
  } catch {
    return undefined;
  }
  try {
    // The first database loads its binary, which may be missing or made for another Node.
    if (Database) new Database(":memory:").close();
    return Database;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** What is used of the runtime's own modules. */
interface BuiltinModules {
  "node:module": { createRequire(url: string): (name: string) => unknown };
  "node:sqlite": { DatabaseSync: Constructor };
}

/** Returns a module of the runtime if it has it. An import would make bundlers look for it, for a browser too. */
function builtinModule<Name extends keyof BuiltinModules>(
  name: Name,
): BuiltinModules[Name] | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: string): BuiltinModules[Name] | undefined };
  };
  return process?.getBuiltinModule?.(name);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
