/** Returns the name of the built-in type of a value, such as `Date`, from whichever realm. */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Returns whether a value is a Date, from whichever realm. */
export function isDate(value: unknown): value is Date {
  return tagOf(value) === "Date";
}

/** Returns a value as error messages name it. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 80));
  return Object(value) !== value || isDate(value)
    ? String(value)
    : `a value of type ${tagOf(value)}`;
}

/** Returns a number as messages show it, such as `2,310,004`. */
export function describeCount(count: number): string {
  return count.toLocaleString("en-US");
}
