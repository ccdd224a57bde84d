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
