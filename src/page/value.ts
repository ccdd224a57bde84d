import { type Expression, fail, parseExpression, type Path } from "./expression.ts";

/** A text with values in it: each expression stands between two of the texts. */
export interface Fill {
  /** Tells it apart from an {@link Expression}. */
  readonly path: undefined;
  readonly texts: readonly string[];
  readonly expressions: readonly Expression[];
}

/** What one part of an attribute shows. */
export type Value = Expression | Fill;

/** A list of values by name, as in `na-class="done: completed; late: due"`. */
export type NamedValues = readonly (readonly [name: string, value: Value])[];

const opening = /\{\{(?!\{)/g;
const closing = /\}\}|[=:]\s*'[^']*(?:''[^']*)*'/g;
const mark = /\{\{|\}\}|;|(?:=\s*|:)'[^']*(?:''[^']*)*'/g;

/**
 * Reads a value: a text with `{{` in it is a {@link Fill}, any other an {@link Expression}.
 *
 * @throws {ExpressionError} and nothing else
 */
export function parseValue(text: string): Value {
  return text.includes("{{") ? parseFill(text) : parseExpression(text);
}

/**
 * Reads a text with expressions in double braces.
 *
 * @throws {ExpressionError} and nothing else
 */
export function parseFill(text: string): Fill {
  const texts: string[] = [];
  const expressions: Expression[] = [];
  let at = 0;
  for (let open; (open = find(opening, text, at));) {
    texts.push(text.slice(at, open.index));
    const start = open.index + 2;
    let close = find(closing, text, start);
    while (close && close[0] !== "}}") close = closing.exec(text);
    if (!close) fail("unclosed", text);
    expressions.push(parseExpression(text.slice(start, close.index)));
    at = close.index + 2;
  }
  return { path: undefined, texts: [...texts, text.slice(at)], expressions };
}

/**
 * Reads values by name: `name: value; name: value`.
 *
 * @throws {ExpressionError} and nothing else
 */
export function parseNamedValues(text: string): NamedValues {
  return splitNamed(text).map(([name, value]) => [name, parseValue(value)]);
}

/**
 * Splits a list at each `;` that is outside of quotes and braces, and each item at its first colon before a space.
 *
 * @throws {ExpressionError} and nothing else
 */
export function splitNamed(text: string): readonly (readonly [name: string, value: string])[] {
  const items: string[] = [];
  let start = 0;
  let isInside = false;
  for (const { 0: found, index } of text.matchAll(mark)) {
    if (found.endsWith("'")) continue;
    if (found !== ";") isInside = found === "{{";
    else if (!isInside) {
      items.push(text.slice(start, index));
      start = index + 1;
    }
  }
  items.push(text.slice(start));
  return items.map((item) => item.trim()).filter((item) => item !== "").map((item) => {
    const colon = item.search(/:\s/);
    if (colon < 1) fail("nameless", item);
    return [item.slice(0, colon).trim(), item.slice(colon + 1).trim()];
  });
}

/**
 * Returns the path that a value is, which an author wrote as `text`.
 *
 * @throws {ExpressionError} if it is more than a path
 */
export function pathIn(value: Value, text: string): Path {
  if (!value.path || value.isNegated || value.comparison || value.formats[0]) fail("no-path", text);
  return value.path;
}

/** Returns the expression that shows what is at a path. */
export function expressionAt(path: Path): Expression {
  return { path, isNegated: false, comparison: undefined, formats: [] };
}

/** Returns the path in an `ng-bind`, without the hint before its colon. */
export function withoutHint(path: string): string {
  return path.slice(path.indexOf(":") + 1).trim();
}

/** Returns every path that a value is read from. */
export function pathsIn(value: Value): Path[] {
  return (value.path ? [value] : value.expressions).flatMap(({ path, comparison }) => {
    const to = comparison?.to;
    return typeof to === "object" ? [path, to] : [path];
  });
}

function find(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(text);
}
