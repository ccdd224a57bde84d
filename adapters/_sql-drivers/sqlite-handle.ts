import { hasMethods, type Kind } from "../../src/shared/kinds.ts";

/** The part of an open database that the SQLite stores use; better-sqlite3 and `node:sqlite` both have it. */
export interface SqliteHandle {
  /** Runs statements without parameters. */
  exec(sql: string): unknown;
  /** Makes a statement. */
  prepare(sql: string): SqliteStatement;
  /** Closes the database. */
  close(): unknown;
  /** Whether a transaction is open, in better-sqlite3. */
  readonly inTransaction?: boolean;
  /** Whether a transaction is open, in `node:sqlite`. */
  readonly isTransaction?: boolean;
}

/** Makes an open database of a path. */
export type SqliteConstructor = new (path: string) => SqliteHandle;

/** The kind of a path, or of an open handle. A D1 binding has no `close`. */
export const sqliteKind: Kind = {
  fits: (value) => isPath(value) || hasMethods(value, "exec", "prepare", "close"),
  cure: "the path of a file, or an open handle of better-sqlite3 or node:sqlite (D1Store takes D1)",
  isRequired: true,
};

/** Returns whether a value is a path. With an empty one, SQLite would use a file that is gone once it is closed. */
function isPath(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/**
 * A statement that a {@link SqliteHandle} prepared. Its parameters are unknown here, since TypeScript 5 does not find
 * those of better-sqlite3's types to fit anything narrower.
 */
export interface SqliteStatement {
  /** Whether it returns rows; only better-sqlite3 says so, and refuses `all` if it does not. */
  readonly reader?: boolean;
  /** Sets whether integers are read as bigints, in better-sqlite3. */
  safeIntegers?(on: boolean): unknown;
  /** Sets whether integers are read as bigints, in `node:sqlite`. */
  setReadBigInts?(on: boolean): unknown;
  /** Sets whether rows are read as arrays, in `node:sqlite`. */
  setReturnArrays?(on: boolean): unknown;
  /** Returns the columns of its rows, in `node:sqlite`; better-sqlite3 refuses that of a statement without rows. */
  columns?(): readonly { readonly name: string }[];
  /** Runs the statement and returns its rows. */
  all(...parameters: unknown[]): unknown[];
  /** Runs the statement and returns its first row, if it has one. */
  get(...parameters: unknown[]): unknown;
  /** Runs the statement and returns how many rows it changed. */
  run(...parameters: unknown[]): { readonly changes: number | bigint };
}
