/** What an index can hold: a value with an identity and a place in one total order. */
export type Scalar = string | number | bigint | boolean | Date | null | undefined;

/** Whether a value is a Date, from whichever realm. */
export function isDate(value: unknown): value is Date {
  return typeof value === "object" && Object.prototype.toString.call(value) === "[object Date]";
}

/** Whether an index can hold a value. An invalid Date has no place in an order and is refused. */
export function isScalar(value: unknown): value is Scalar {
  switch (typeof value) {
    case "object":
      return value === null || (isDate(value) && !Number.isNaN(value.getTime()));
    case "function":
    case "symbol":
      return false;
    default:
      return true;
  }
}

/** The place of a value's type in the order of all values; `NaN` stands apart, before the numbers. */
export function typeRank(value: unknown): number {
  switch (typeof value) {
    case "undefined":
      return 0;
    case "boolean":
      return 2;
    case "number":
      return Number.isNaN(value) ? 3 : 4;
    case "bigint":
      return 5;
    case "string":
      return 7;
    default:
      return value === null ? 1 : isScalar(value) ? 6 : 8;
  }
}

/**
 * Orders any two values: undefined, null, booleans, NaN, numbers, bigints, Dates by time, strings by UTF-16
 * code unit, and then whatever cannot be ordered, all of which is equal. `0` and `-0` are equal.
 */
export function compare(a: unknown, b: unknown): number {
  // Two numbers or two strings are the usual case and need no ranks; NaN falls through.
  if (typeof a === typeof b && typeof a !== "object") {
    if (a === b) return 0;
    if ((a as number) < (b as number)) return -1;
    if ((a as number) > (b as number)) return 1;
  }
  const rank = typeRank(a);
  const difference = rank - typeRank(b);
  if (difference !== 0) return difference;
  return rank !== 6 ? 0 : (a as Date).getTime() - (b as Date).getTime();
}

/** A value as error messages name it. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 80));
  if (isDate(value)) return isScalar(value) ? value.toISOString() : "an invalid Date";
  if (typeof value === "function" || (typeof value === "object" && value !== null)) {
    return `a value of type ${Object.prototype.toString.call(value).slice(8, -1)}`;
  }
  return String(value);
}
