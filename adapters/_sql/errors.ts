/**
 * What went wrong in a database. Drivers differ in their error classes, but all hand on SQLite's own message.
 *
 * @module
 */

/** Whether this error is the one that `assertUnchanged` caused. */
export function isConflict(error: unknown): boolean {
  return /JSON path.*'conflict'/i.test(String(error));
}

/** Whether a statement failed because another row has what no two may have. */
export function isTaken(error: unknown): boolean {
  return /UNIQUE constraint failed/i.test(String(error));
}

/** Whether a statement failed because nothing of its type was ever written. */
export function isMissingTable(error: unknown): boolean {
  return /no such table/i.test(String(error));
}

/** Whether a statement failed because a table has not all columns that it needs. */
export function isMissingColumn(error: unknown): boolean {
  return /no such column|has no column named/i.test(String(error));
}

/** Whether an upsert failed because the unique index that it goes by is gone, as it is after others rebuilt its table. */
export function isMissingIndex(error: unknown): boolean {
  return /ON CONFLICT clause does not match/i.test(String(error));
}

/** Whether columns could not be added because this is no ordinary table. */
export function isNoTable(error: unknown): boolean {
  return /cannot add a column to a view|virtual tables may not be altered/i.test(String(error));
}

/** Whether a column could not be added because it is there already. */
export function isPresentColumn(error: unknown): boolean {
  return /duplicate column name/i.test(String(error));
}
