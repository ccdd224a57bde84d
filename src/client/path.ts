/** The property names that lead to a value, outermost first. */
export type PropertyPath = readonly string[];

/**
 * Reads a binding expression: `"address.city"`, or `"User:address.city"` where the part before the colon is
 * a hint for people and schemas. `"."` is the value itself, for lists of strings and numbers.
 */
export function parsePath(expression: string): PropertyPath {
  const path = withoutHint(expression);
  return path === "" || path === "." ? [] : path.split(".");
}

/** Returns a binding expression without the hint before its colon. */
export function withoutHint(expression: string): string {
  return expression.slice(expression.indexOf(":") + 1).trim();
}

/** Returns the value at a path of own properties, or `undefined`. */
export function readPath(value: unknown, path: PropertyPath): unknown {
  let current = value;
  for (const name of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, name)) {
      return undefined;
    }
    current = (current as Record<string, unknown>)[name];
  }
  return current;
}

/** Returns a value as a page shows it. Objects and arrays have no text. */
export function toText(value: unknown): string {
  return value === undefined || typeof value === "object" ? "" : String(value);
}
