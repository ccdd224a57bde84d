/**
 * Values as columns hold them: strings as text, numbers as numbers, booleans as 0 and 1, dates as ISO text. What a
 * column does not give back exactly is kept beside it.
 *
 * @module
 */
import type { ColumnLimit } from "./declared.ts";
import type { ColumnKind } from "./properties.ts";

export type SqlValue = string | number | null;

/** What a column holds of a value, as nearly as it can. */
export function toColumn(value: unknown, limit?: ColumnLimit): SqlValue {
  const nearest = toNearest(value);
  if (limit === undefined || limit === "not null") return nearest;
  const isTaken = limit === "integer" ? Number.isSafeInteger(nearest) : typeof nearest === "number";
  return isTaken ? nearest : null;
}

function toNearest(value: unknown): SqlValue {
  switch (typeof value) {
    case "string":
      return isPlainText(value) ? value : null;
    case "number":
      return Number.isFinite(value) ? value : null;
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : null;
    case "boolean":
      return Number(value);
    default:
      return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : null;
  }
}

/** Whether no column holds anything of this value: objects, but for dates. */
export function isStructure(value: unknown): boolean {
  return typeof value === "object" && value !== null && !(value instanceof Date);
}

/** Whether a column gives this value back by itself. */
export function isExact(kind: ColumnKind, value: unknown): boolean {
  if (kind === "boolean") return typeof value === "boolean";
  if (typeof value === "string") return (kind === "text" || kind === "any") && isPlainText(value);
  return typeof value === "number" && kind !== "text" && isPlainNumber(value);
}

/**
 * The value that a column stands for.
 *
 * @param before What the column was stored for, if that was not exactly its value: a changed date is a date again,
 * and a changed bigint a bigint.
 */
export function fromColumn(kind: ColumnKind, stored: string | number, before?: unknown): unknown {
  if (kind === "boolean" && (stored === 0 || stored === 1)) return stored === 1;
  if (typeof before === "bigint" && Number.isSafeInteger(stored)) return BigInt(stored);
  const date = before instanceof Date ? new Date(stored) : undefined;
  return date && !Number.isNaN(date.getTime()) ? date : stored;
}

/** Whether a column still holds what was stored there; a column's type may have made text a number, or back. */
export function isSame(stored: SqlValue, expected: SqlValue): boolean {
  if (stored === expected) return true;
  if (stored === null || expected === null) return false;
  if (typeof stored === "string" && typeof expected === "string") return false;
  const [a, b] = [Number(stored), Number(expected)];
  if (a === b) return true;
  // SQLite promises 15 digits, and all of an integer.
  return !(Number.isSafeInteger(a) && Number.isSafeInteger(b)) &&
    Math.abs(a - b) <= Math.abs(b) * 1e-14;
}

/** Whether a number survives as decimal text of 15 digits, which is what SQLite promises, or as an integer. */
function isPlainNumber(number: number): boolean {
  if (Number.isInteger(number)) return Number.isSafeInteger(number) && !Object.is(number, -0);
  const size = Math.abs(number);
  return size > 1e-290 && size < Infinity && Number(number.toPrecision(15)) === number;
}

/** Databases cut text at NUL, and keep no lone surrogates. */
function isPlainText(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}
