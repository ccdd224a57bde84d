import { isDate } from "../shared/describe.ts";

/** What an index can hold: a value with an identity and a place in one total order. */
export type Scalar = string | number | bigint | boolean | Date | null | undefined;

const ranks: Readonly<Record<string, number | undefined>> = {
  undefined: 0,
  boolean: 2,
  number: 4,
  bigint: 5,
  string: 7,
  // Spelled out, so as not to be inherited from what a library adds to every object.
  object: undefined,
};

/** Returns whether a value is an object, which an array is and a function is not. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Returns whether an index can hold a value. An invalid Date has no place in an order. */
export function isScalar(value: unknown): value is Scalar {
  return typeRank(value) < 8;
}

/** Returns whether a value can be the key of a document: a boolean, a number, a valid Date or a string. */
export function isKey(value: unknown): boolean {
  // One bit for each of these types.
  return (0b1101_0100 >> typeRank(value)) % 2 === 1;
}

/** Returns the place of a value's type in the order of all values; `NaN` stands apart, before the numbers. */
export function typeRank(value: unknown): number {
  if (value !== value) return 3;
  if (value === null) return 1;
  return ranks[typeof value] ?? (isDate(value) && !Number.isNaN(+value) ? 6 : 8);
}

/**
 * Orders any two values: undefined, null, booleans, NaN, numbers, bigints, Dates by time, strings by UTF-16
 * code unit, and then all values without an order, which are equal. `0` and `-0` are equal.
 */
export function compare(a: unknown, b: unknown): number {
  // Two numbers or two strings are the usual case and need no ranks; NaN falls through.
  if (typeof a === typeof b && typeof a !== "object") {
    if (a === b) return 0;
    if ((a as number) < (b as number)) return -1;
    if ((a as number) > (b as number)) return 1;
  }
  const rank = typeRank(a);
  return rank - typeRank(b) || (rank === 6 ? Number(a) - Number(b) : 0);
}

/** Orders two lists by their first values that differ, up to the length of the shorter list. */
export function compareLists(a: unknown, b: unknown): number {
  const left = a as readonly unknown[];
  const right = b as readonly unknown[];
  const length = Math.min(left.length, right.length);
  for (let position = 0; position < length; position++) {
    const order = compare(left[position], right[position]);
    if (order !== 0) return order;
  }
  return 0;
}
