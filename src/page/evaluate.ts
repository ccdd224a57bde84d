import type { Expression, Format, Path } from "./expression.ts";
import type { Fill, Value } from "./value.ts";

/** Where an expression is evaluated: in a scope, or in a row of a list. */
export interface Level {
  /** The state, or the row's item. */
  readonly value: unknown;
  /** What the row is in; `undefined` in a scope. */
  readonly above: Level | undefined;
  /** What expressions call `@name`, here and in the rows inside. */
  readonly locals: Readonly<Record<string, unknown>>;
}

/** Makes of a value what is shown of it. */
export type ApplyFormat = (value: unknown, format: Format) => unknown;

/** Returns the value of an expression. */
export function evaluate(
  { path, isNegated, comparison, formats }: Expression,
  level: Level,
  apply: ApplyFormat,
): unknown {
  let value = readFrom(level, path);
  if (comparison) {
    const { isEqual, to } = comparison;
    const other = typeof to === "string" ? to : toText(readFrom(level, to));
    value = (toText(value) === other) === isEqual;
  }
  value = formats.reduce(apply, value);
  return isNegated ? !isTrue(value) : value;
}

/** Returns what an attribute shows: the value of an expression, or a text with values in it. */
export function evaluateValue(value: Value, level: Level, apply: ApplyFormat): unknown {
  return value.path ? evaluate(value, level, apply) : fillText(value, level, apply);
}

/** Returns a text with its values in it. */
export function fillText({ texts, expressions }: Fill, level: Level, apply: ApplyFormat): string {
  return texts.map((text, index) => {
    const before = expressions[index - 1];
    return before ? toText(evaluate(before, level, apply)) + text : text;
  }).join("");
}

/** Returns the value at a path, or `undefined`. */
export function readFrom(level: Level, { up, isLocal, names }: Path): unknown {
  let at: Level | undefined = level;
  if (isLocal) {
    while (at && !Object.hasOwn(at.locals, names[0]!)) at = at.above;
    return readPath(at?.locals, names);
  }
  for (let left = up; left > 0; left--) at = at?.above;
  return readPath(at?.value, names);
}

/** Returns the value that names of own properties lead to, or `undefined`. */
export function readPath(value: unknown, names: readonly string[]): unknown {
  let current = value;
  for (const name of names) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, name)) {
      return undefined;
    }
    current = (current as Record<string, unknown>)[name];
  }
  return current;
}

/** Returns a value as a page shows it. Objects and lists have no text. */
export function toText(value: unknown): string {
  return value === undefined || typeof value === "object" ? "" : String(value);
}

/** Returns whether a condition holds: not for what is absent, `false`, zero, no number or empty. */
export function isTrue(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}
