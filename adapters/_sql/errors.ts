/**
 * What went wrong in a database. Drivers differ in their error classes, but all pass on SQLite's own message.
 *
 * @module
 */

/** Returns whether `assertUnchanged` caused this error. */
export function isConflict(error: unknown): boolean {
  return /JSON path.*'conflict'/i.test(String(error));
}

/** Returns whether a statement failed because nothing of its type was ever written. */
export function isMissingTable(error: unknown): boolean {
  return /no such table/i.test(String(error));
}

/** Returns whether a statement failed because a table lacks columns that it needs. */
export function isMissingColumn(error: unknown): boolean {
  return /no such column|has no column named/i.test(String(error));
}

/** Returns whether an upsert failed because its unique index is gone, as after another tool rebuilt the table. */
export function isMissingIndex(error: unknown): boolean {
  return /ON CONFLICT clause does not match/i.test(String(error));
}

/** Returns whether columns could not be added because this is no ordinary table. */
export function isNoTable(error: unknown): boolean {
  return /cannot add a column to a view|virtual tables may not be altered/i.test(String(error));
}

/** Returns whether a column could not be added because it is there already. */
export function isPresentColumn(error: unknown): boolean {
  return /duplicate column name/i.test(String(error));
}
