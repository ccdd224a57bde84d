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
  let opened: Promise<SqliteHandle> | undefined;
  const prepared = new Map<string, SqliteStatement>();

  function handle(): Promise<SqliteHandle> {
    if (typeof database !== "string") return Promise.resolve(database);
    return opened ??= openFile(database).catch((error) => {
      // The next call tries again: the folder may exist by then.
      opened = undefined;
      throw error;
    });
  }

  function prepare(open: SqliteHandle, sql: string): SqliteStatement {
    let statement = prepared.get(sql);
    if (!statement) prepared.set(sql, statement = open.prepare(sql));
    return statement;
  }

  function run(open: SqliteHandle, { sql, parameters }: SqlStatement): readonly unknown[] {
    const statement = prepare(open, sql);
    if (statement.reader !== false) return statement.all(...parameters);
    statement.run(...parameters);
    return [];
  }

  return {
    async batch(statements) {
      const open = await handle();
      if (statements.length === 1) return [run(open, statements[0]!)];
      try {
        // Taking the write lock at once keeps two writers from both reading and then both having to give up.
        const reads = statements.every(({ sql }) => sql.startsWith("select"));
        open.exec(reads ? "begin" : "begin immediate");
        const results = statements.map((statement) => run(open, statement));
        open.exec("commit");
        return results;
      } catch (error) {
        rollBack(open);
        throw error;
      }
    },
    async run({ sql, parameters }) {
      return Number(prepare(await handle(), sql).run(...parameters).changes);
    },
    async close() {
      prepared.clear();
      (await opened)?.close();
    },
  };
}

function rollBack(open: SqliteHandle): void {
  try {
    open.exec("rollback");
  } catch {
    // No transaction was begun, or an error such as a full disk has ended it; the first error says more.
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
