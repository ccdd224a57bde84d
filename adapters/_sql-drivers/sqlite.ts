import { type MaybePromise, whenReady } from "../../src/persistence/adapter/maybe-promise.ts";
import { type Clock, systemClock } from "../../src/shared/clock.ts";
import { own } from "../../src/shared/own.ts";
import type { SqlDriver } from "../_sql/driver.ts";
import type { SqlStatement } from "../_sql/statements.ts";
import { isLocked, lockedError, Patience } from "./locked.ts";
import type { OpenFile } from "./open-file.ts";
import { openFile, type SqliteFileOptions } from "./sqlite-file.ts";
import type { SqliteHandle, SqliteStatement } from "./sqlite-handle.ts";
import { prepareForUs } from "./sqlite-statement.ts";

/**
 * Runs statements on a database of this process.
 *
 * @param database An open handle, which stays open and waits for locks as its owner has set it, or the path of a file,
 * which is opened at the first use.
 */
export function sqliteDriver(
  database: string | SqliteHandle,
  options: SqliteFileOptions,
): SqlDriver {
  const { clock = systemClock, driver, synchronous } = own(options);
  const isOurs = typeof database === "string";
  const patience = new Patience(hasTimers(clock) ? clock : systemClock);
  let file: OpenFile | undefined;
  let ready = isOurs ? undefined : database;
  let opening: Promise<SqliteHandle> | undefined;
  const prepared = new Map<string, SqliteStatement>();

  function open(): MaybePromise<SqliteHandle> {
    if (ready) return ready;
    const now = () => clock.now();
    opening ??= openFile(database as string, { driver, synchronous, patience, now }).then(
      (opened) => {
        file = opened.file;
        return ready = opened.handle;
      },
      (error) => {
        // The next call tries again: the folder may exist by then.
        opening = undefined;
        throw error;
      },
    );
    return opening;
  }

  /** Reads from the database, at once if it is open and not locked. */
  function reading<Result>(use: (handle: SqliteHandle) => Result): MaybePromise<Result> {
    return whenReady(open(), (opened) => {
      const call = () => attempt(() => use(settle(opened)));
      return isOurs ? patience.whenUnlocked(call) : call();
    });
  }

  /** Writes to the database after all that was written before. */
  function writing<Result>(use: (handle: SqliteHandle) => Result): MaybePromise<Result> {
    return whenReady(open(), (opened) => {
      const call = () =>
        attempt(() => {
          const handle = settle(opened);
          assertNoTransaction(handle);
          setSynchronous(handle);
          file?.assertThere();
          return use(handle);
        });
      return isOurs ? patience.inOrder(call) : call();
    });
  }

  function attempt<Result>(call: () => Result): Result {
    try {
      return call();
    } catch (error) {
      throw isLocked(error) ? isOurs ? error : lockedError(error) : explain(error);
    }
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
  function isInTransaction(handle: SqliteHandle): boolean {
    return !isOurs && (handle.inTransaction ?? handle.isTransaction ?? false);
  }

  function assertNoTransaction(handle: SqliteHandle): void {
    if (!isInTransaction(handle)) return;
    throw new Error(
      "Cannot write to SQLite: the owner of its handle has a transaction open, which could still roll this back; " +
        "write once it has ended",
    );
  }

  /** Whether commits are on the disk when they are asked to be. A file is opened so. */
  let isSynchronous = isOurs || synchronous === undefined;

  /** Sets when commits are on the disk, which no transaction allows. */
  function setSynchronous(handle: SqliteHandle): void {
    if (isSynchronous) return;
    handle.exec(`pragma synchronous = ${synchronous}`);
    isSynchronous = true;
  }

  function run(handle: SqliteHandle, { sql, parameters }: SqlStatement): unknown[] {
    const statement = prepare(handle, sql);
    if (statement.reader !== false) return statement.all(...parameters);
    statement.run(...parameters);
    return [];
  }

  function runAll(
    handle: SqliteHandle,
    statements: readonly SqlStatement[],
    begin: string,
  ): unknown[][] {
    if (statements.length === 1) return [run(handle, statements[0]!)];
    if (isInTransaction(handle)) return statements.map((statement) => run(handle, statement));
    try {
      handle.exec(begin);
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
    batch(statements) {
      return statements.every(({ sql }) => /^(select|with) /.test(sql))
        ? reading((handle) => runAll(handle, statements, "begin"))
        // Taking the write lock at once keeps two writers from both reading first and then both having to give up.
        : writing((handle) => runAll(handle, statements, "begin immediate"));
    },
    run: ({ sql, parameters }) =>
      writing((handle) => Number(prepare(handle, sql).run(...parameters).changes)),
    get: ({ sql, parameters }) => reading((handle) => prepare(handle, sql).get(...parameters)),
    async close() {
      prepared.clear();
      (await opening)?.close();
    },
  };
}

/** Returns the source of a file; nothing else can open a database in memory. */
function sourceOfPath(path: string): string | undefined {
  return /:memory:|mode=memory/.test(path) ? undefined : `sqlite:${path}`;
}

function hasTimers(clock: Partial<Clock>): clock is Clock {
  return clock.setTimeout !== undefined && clock.clearTimeout !== undefined;
}

function explain(cause: unknown): unknown {
  const { code, errcode } = Object(cause) as {
    readonly code?: unknown;
    readonly errcode?: unknown;
  };
  // SQLite itself finds this out, but not in WAL mode.
  if (code === "SQLITE_READONLY_DBMOVED" || errcode === 1032) {
    return new Error(
      "Cannot write to SQLite: its file was deleted or replaced while it was open; close the " +
        "database, put the file in order, and open it again",
      { cause },
    );
  }
  if (!/readonly database/i.test(String(cause))) return cause;
  return new Error(
    "Cannot write to SQLite: the database is read-only; open it for writing",
    { cause },
  );
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
