import type { SqliteHandle } from "./sqlite-handle.ts";

type Constructor = new (path: string) => SqliteHandle;

/** Opens a file in WAL mode with better-sqlite3, or with `node:sqlite` if that is not installed or does not work. */
export async function openFile(path: string): Promise<SqliteHandle> {
  const Database = await loadDriver();
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

async function loadDriver(): Promise<Constructor> {
  const better = await loadBetterSqlite3();
  if (typeof better === "function") return better;
  try {
    return (await import("node:sqlite")).DatabaseSync;
  } catch (cause) {
    const [problem, cure] = better
      ? [`better-sqlite3 does not start (${messageOf(better)})`, "npm rebuild better-sqlite3"]
      : ["better-sqlite3 is not installed", "npm install better-sqlite3"];
    throw new Error(
      `Cannot open a SQLite file: ${problem} and this runtime has no node:sqlite; run \`${cure}\`, ` +
        "or use Node 22.13 or Deno 2.2 and later",
      { cause: better ?? cause },
    );
  }
}

/** Returns the driver, `undefined` if it is not installed, or the error that it fails with. */
async function loadBetterSqlite3(): Promise<Constructor | Error | undefined> {
  // As a constant, the name would make bundlers and type checkers look for an optional package.
  const name: string = "better-sqlite3";
  let Database: Constructor;
  try {
    Database = (await import(name)).default;
  } catch {
    return undefined;
  }
  try {
    // The first database loads its binary, which may be missing or made for another Node.
    new Database(":memory:").close();
    return Database;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
