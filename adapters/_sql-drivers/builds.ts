/**
 * The builds of SQLite that a path can be opened with.
 *
 * @module
 */
import { builtinModule } from "./builtin.ts";
import type { SqliteConstructor } from "./sqlite-handle.ts";

/** The name of a build. */
export type SqliteBuild = "better-sqlite3" | "node:sqlite";

const update = "use Node 22.13 or Deno 2.2 and later";
const handOver = "pass an open handle instead of a path";

/**
 * Returns the build of this name; without one better-sqlite3, or `node:sqlite` if that is not installed or does not
 * work.
 */
export function loadBuild(name: SqliteBuild | undefined): SqliteConstructor {
  const sqlite = () => builtinModule("node:sqlite")?.DatabaseSync;
  if (name === "node:sqlite") {
    const DatabaseSync = sqlite();
    if (DatabaseSync) return DatabaseSync;
    throw new Error(
      "Cannot open a SQLite file with node:sqlite: this runtime does not have it; " +
        `${update}, or install better-sqlite3 and leave the option driver out`,
    );
  }
  const better = loadBetterSqlite3();
  if (typeof better === "function") return better;
  const [problem, cure] = better
    ? [`better-sqlite3 does not start (${better.message})`, cureFor(better)]
    : ["better-sqlite3 is not installed", "run `npm install better-sqlite3`"];
  if (name === "better-sqlite3") {
    throw new Error(
      `Cannot open a SQLite file with better-sqlite3: ${problem}; ${cure}, ` +
        'or use the driver "node:sqlite"',
      { cause: better },
    );
  }
  const DatabaseSync = sqlite();
  if (DatabaseSync) return DatabaseSync;
  throw new Error(
    `Cannot open a SQLite file: ${problem} and this runtime has no node:sqlite; ${cure}, ` +
      `or ${update}, or ${handOver}`,
    { cause: better },
  );
}

function cureFor(error: Error): string {
  return error.name === "EvalError"
    ? "start without --disallow-code-generation-from-strings"
    : "run `npm rebuild better-sqlite3`";
}

/** Returns the build, `undefined` if it is not installed, or the error that it fails with. */
function loadBetterSqlite3(): SqliteConstructor | Error | undefined {
  let Database: SqliteConstructor | undefined;
  try {
    const require = builtinModule("node:module")?.createRequire(import.meta.url);
    Database = require?.("better-sqlite3") as SqliteConstructor | undefined;
  } catch {
    return undefined;
  }
  if (!Database) return undefined;
  try {
    // The first database loads its binary, which may be missing or made for another Node.
    const database = new Database(":memory:");
    // The first row makes code from text, which may be forbidden.
    database.prepare("select 1 as one").get();
    database.close();
    return Database;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
