import { type MaybePromise, whenReady } from "../../src/persistence/adapter/maybe-promise.ts";
import type { SqlDriver } from "../_sql/driver.ts";
import type { SqlStatement } from "../_sql/statements.ts";
import { toRow } from "./rows.ts";
import { openFile } from "./sqlite-file.ts";
import type { SqliteHandle, SqliteStatement } from "./sqlite-handle.ts";

/**
 * Runs statements on a database of this process.
 *
 * @param database An open handle, which stays open, or the path of a file, which is opened at the first use.
 */
export function sqliteDriver(database: string | SqliteHandle): SqlDriver {
  const isOurs = typeof database === "string";
  let ready = isOurs ? undefined : database;
  let opening: Promise<SqliteHandle> | undefined;
  const prepared = new Map<string, SqliteStatement>();

  function open(): MaybePromise<SqliteHandle> {
    if (ready) return ready;
    return opening ??= openFile(database as string).then((opened) => ready = opened, (error) => {
      // The next call tries again: the folder may exist by then.
      opening = undefined;
      throw error;
    });
  }

  /** Calls with the database, at once if it is open. */
  function whenOpen<Result>(use: (handle: SqliteHandle) => Result): MaybePromise<Result> {
    return whenReady(open(), (opened) => {
      const handle = settle(opened);
      try {
        return use(handle);
      } catch (error) {
        throw explain(error);
      }
    });
  }

  function prepare(handle: SqliteHandle, sql: string): SqliteStatement {
    let statement = prepared.get(sql);
    if (!statement) prepared.set(sql, statement = prepareForUs(handle, sql));
    return statement;
  }

  /** Whether a transaction of ours is still open, because even its rollback failed. */
  let isLeftOpen = false;

  /** Ends a transaction that was left open: work that is done in it, and acknowledged, would be gone with it. */
  function settle(handle: SqliteHandle): SqliteHandle {
    if (isLeftOpen) isLeftOpen = !rollBack(handle);
    if (!isLeftOpen) return handle;
    throw new Error(
      "Cannot use SQLite: a transaction that failed cannot be rolled back; close the database and open it again",
    );
  }

  /** Returns whether the handle's owner has a transaction open: one of ours ends before anything else runs. */
  function isInTransaction({ inTransaction, isTransaction }: SqliteHandle): boolean {
    return !isOurs && (inTransaction ?? isTransaction ?? false);
  }

  function assertNoTransaction(handle: SqliteHandle): void {
    if (!isInTransaction(handle)) return;
    throw new Error(
      "Cannot write to SQLite: the owner of its handle has a transaction open, which could still roll this back; " +
        "write once it has ended",
    );
  }

  function run(handle: SqliteHandle, { sql, parameters }: SqlStatement): unknown[] {
    const statement = prepare(handle, sql);
    if (statement.reader !== false) return statement.all(...parameters);
    statement.run(...parameters);
    return [];
  }

  function runAll(handle: SqliteHandle, statements: readonly SqlStatement[]): unknown[][] {
    const reads = statements.every(({ sql }) => /^(select|with) /.test(sql));
    if (!reads) assertNoTransaction(handle);
    if (statements.length === 1) return [run(handle, statements[0]!)];
    if (isInTransaction(handle)) return statements.map((statement) => run(handle, statement));
    try {
      // Taking the write lock at once keeps two writers from both reading first and then both having to give up.
      handle.exec(reads ? "begin" : "begin immediate");
      const results = statements.map((statement) => run(handle, statement));
      handle.exec("commit");
      return results;
    } catch (error) {
      // One that was open before belongs to the handle's owner.
      const isForeign = /within a transaction/i.test(String(error));
      if (!isForeign) isLeftOpen = !rollBack(handle);
      throw error;
    }
  }

  return {
    source: isOurs ? sourceOfPath(database) : database,
    open,
    batch: (statements) => whenOpen((handle) => runAll(handle, statements)),
    run: ({ sql, parameters }) =>
      whenOpen((handle) => {
        assertNoTransaction(handle);
        return Number(prepare(handle, sql).run(...parameters).changes);
      }),
    get: ({ sql, parameters }) => whenOpen((handle) => prepare(handle, sql).get(...parameters)),
    async close() {
      prepared.clear();
      (await opening)?.close();
    },
  };
}

/** Returns the source of a file; nothing else can open a database in memory, or one with an empty path. */
function sourceOfPath(path: string): string | undefined {
  return /^$|:memory:|mode=memory/.test(path) ? undefined : `sqlite:${path}`;
}

function explain(cause: unknown): unknown {
  if (!/readonly database/i.test(String(cause))) return cause;
  return new Error(
    "Cannot write to SQLite: the database is read-only; open it for writing",
    { cause },
  );
}

/** Prepares a statement that returns rows as objects and integers as numbers, whatever its handle is set to. */
function prepareForUs(handle: SqliteHandle, sql: string): SqliteStatement {
  const statement = handle.prepare(sql);
  statement.safeIntegers?.(false);
  statement.setReadBigInts?.(false);
  const names = statement.setReturnArrays && statement.columns?.().map(({ name }) => name);
  statement.setReturnArrays?.(names !== undefined);
  if (!names) return statement;
  const toObject = (values: readonly unknown[]) => toRow(names, values);
  return {
    all: (...parameters) => (statement.all(...parameters) as unknown[][]).map(toObject),
    get(...parameters) {
      const values = statement.get(...parameters) as unknown[] | undefined;
      return values && toObject(values);
    },
    run: (...parameters) => statement.run(...parameters),
  };
}

/** Ends a transaction, and returns whether none is open any more. */
function rollBack(handle: SqliteHandle): boolean {
  try {
    handle.exec("rollback");
    return true;
  } catch (error) {
    // None was begun, or an error such as a full disk has already ended it.
    return /no transaction/i.test(String(error));
  }
}
