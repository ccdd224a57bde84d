import type { SqlDriver } from "./_sql.ts";
import type { SqlStatement } from "./_sql-statements.ts";

/** What the SQLite stores call on an open database: better-sqlite3 and `node:sqlite` both have it. */
export interface SqliteHandle {
  /** Runs statements without parameters. */
  exec(sql: string): unknown;
  /** Makes a statement. */
  prepare(sql: string): SqliteStatement;
  /** Closes the database. */
  close(): unknown;
}

/** A statement that a {@link SqliteHandle} prepared. */
export interface SqliteStatement {
  /** Whether it gives rows; only better-sqlite3 says so, and refuses `all` on those that do not. */
  readonly reader?: boolean;
  /** Runs the statement and returns its rows. */
  all(...parameters: (string | number | null)[]): unknown[];
  /** Runs the statement and returns how many rows it changed. */
  run(...parameters: (string | number | null)[]): { readonly changes: number | bigint };
}

/**
 * Runs statements on a database of this process.
 *
 * @param database An open handle, which stays open, or the path of a file, which is opened at the first use.
 */
export function sqliteDriver(database: string | SqliteHandle): SqlDriver {
  let ready = typeof database === "string" ? undefined : database;
  let opening: Promise<SqliteHandle> | undefined;
  const prepared = new Map<string, SqliteStatement>();

  function open(): Promise<SqliteHandle> {
    return opening ??= openFile(database as string).then((opened) => ready = opened, (error) => {
      // The next call tries again: the folder may exist by then.
      opening = undefined;
      throw error;
    });
  }

  function prepare(handle: SqliteHandle, sql: string): SqliteStatement {
    let statement = prepared.get(sql);
    if (!statement) prepared.set(sql, statement = handle.prepare(sql));
    return statement;
  }

  /** Whether a transaction of ours is still open, because even its rollback failed. */
  let isLeftOpen = false;

  function run(handle: SqliteHandle, { sql, parameters }: SqlStatement): readonly unknown[] {
    const statement = prepare(handle, sql);
    if (statement.reader !== false) return statement.all(...parameters);
    statement.run(...parameters);
    return [];
  }

  return {
    async batch(statements) {
      const handle = ready ?? await open();
      if (statements.length === 1) return [run(handle, statements[0]!)];
      // Taking the write lock at once keeps two writers from both reading and then both having to give up.
      const reads = statements.every(({ sql }) => sql.startsWith("select"));
      try {
        handle.exec(reads ? "begin" : "begin immediate");
        const results = statements.map((statement) => run(handle, statement));
        handle.exec("commit");
        return results;
      } catch (error) {
        // One that was open before is the handle's owner's, unless it is ours and could not be ended.
        const isForeign = !isLeftOpen && /within a transaction/i.test(String(error));
        if (!isForeign) isLeftOpen = !rollBack(handle);
        throw error;
      }
    },
    async run({ sql, parameters }) {
      return Number(prepare(ready ?? await open(), sql).run(...parameters).changes);
    },
    async close() {
      prepared.clear();
      (await opening)?.close();
    },
  };
}

/** Ends a transaction, and says whether none is open any more. */
function rollBack(handle: SqliteHandle): boolean {
  try {
    handle.exec("rollback");
    return true;
  } catch (error) {
    // None was begun, or an error such as a full disk has ended it already.
    return /no transaction/i.test(String(error));
  }
}

async function openFile(path: string): Promise<SqliteHandle> {
  const Database = await loadBetterSqlite3() ?? await loadNodeSqlite();
  try {
    const database = new Database(path);
    database.exec("pragma busy_timeout = 5000");
    database.exec("pragma journal_mode = wal");
    return database;
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `Cannot open the SQLite file ${path}: ${problem}; check that its folder exists and can be written`,
      { cause },
    );
  }
}

type Constructor = new (path: string) => SqliteHandle;

async function loadBetterSqlite3(): Promise<Constructor | undefined> {
  // As a constant, the name would make bundlers and type checkers look for an optional package.
  const name: string = "better-sqlite3";
  try {
    return (await import(name)).default;
  } catch {
    return undefined;
  }
}

async function loadNodeSqlite(): Promise<Constructor> {
  try {
    return (await import("node:sqlite")).DatabaseSync;
  } catch (cause) {
    throw new Error(
      "Cannot open a SQLite file: this runtime has no node:sqlite; run `npm install better-sqlite3`, " +
        "or use Node 22.13 or Deno 2.2 and later",
      { cause },
    );
  }
}
