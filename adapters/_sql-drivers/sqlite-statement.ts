import { toRow } from "./rows.ts";
import type { SqliteHandle, SqliteStatement } from "./sqlite-handle.ts";

/** Prepares a statement that returns rows as objects and integers as numbers, whatever its handle is set to. */
export function prepareForUs(handle: SqliteHandle, sql: string): SqliteStatement {
  const statement = handle.prepare(sql);
  statement.safeIntegers?.(false);
  statement.setReadBigInts?.(false);
  const names = statement.setReturnArrays && statement.columns?.().map(({ name }) => name);
  statement.setReturnArrays?.(names !== undefined);
  if (!names) return statement;
  const toObject = (values: readonly unknown[]) => toRow(names, values);
  return {
    all(...parameters) {
      return (readWhole(statement, () => statement.all(...parameters)) as unknown[][]).map(
        toObject,
      );
    },
    get(...parameters) {
      const values = readWhole(statement, () => statement.get(...parameters));
      return values && toObject(values as unknown[]);
    },
    run: (...parameters) => statement.run(...parameters),
  };
}

/**
 * Reads rows in which another tool may have left an integer that no number holds. `node:sqlite` refuses all of them
 * then; this rounds the integer, as other drivers do.
 */
function readWhole(statement: SqliteStatement, read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (!statement.setReadBigInts || Object(error).code !== "ERR_OUT_OF_RANGE") throw error;
  }
  statement.setReadBigInts(true);
  try {
    return withNumbers(read());
  } finally {
    statement.setReadBigInts(false);
  }
}

function withNumbers(read: unknown): unknown {
  if (Array.isArray(read)) return read.map(withNumbers);
  return typeof read === "bigint" ? Number(read) : read;
}
