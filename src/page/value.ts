import { type Expression, parseExpression } from "./expression.ts";
import { fail, skipQuoted } from "./reader.ts";

/** A text with values in it: each expression stands between two of the texts. */
export interface Fill {
  readonly texts: readonly string[];
  readonly expressions: readonly Expression[];
}

/** What one part of an attribute shows. */
export type Value = Expression | Fill;

/** A list of values by name, as in `na-class="done: completed; late: due"`. */
export type NamedValues = readonly (readonly [name: string, value: Value])[];

const open = "{{";
const mark = /\{\{(?!\{)|\}\}|;|=\s*'|:'/g;

/**
 * Reads a value: a text with `{{` in it is a {@link Fill}, any other an {@link Expression}.
 *
 * @throws {ExpressionError} and nothing else
 */
export function parseValue(text: string): Value {
  return text.includes(open) ? parseFill(text) : parseExpression(text);
}

/**
 * Reads a text with expressions in double braces.
 *
 * @throws {ExpressionError} and nothing else
 */
export function parseFill(text: string): Fill {
  const texts: string[] = [];
  const expressions: Expression[] = [];
  let start = 0;
  let isInside = false;
  forEachMark(text, (found, at, end) => {
    if (found === open) {
      if (isInside) fail(text, `${open} is not closed`);
      texts.push(text.slice(start, at));
    } else if (!isInside) return end;
    else if (found !== "}}") return found === ";" ? end : skipQuoted(text, end);
    else expressions.push(parseExpression(text.slice(start, at)));
    isInside = found === open;
    start = end;
    return end;
  });
  if (isInside) fail(text, `${open} is not closed`);
  return { texts: [...texts, text.slice(start)], expressions };
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
  forEachMark(text, (found, at, end) => {
    if (found.endsWith("'")) return skipQuoted(text, end);
    if (found !== ";") isInside = found === open;
    else if (!isInside) {
      items.push(text.slice(start, at));
      start = end;
    }
    return end;
  });
  return [...items, text.slice(start)].map((item) => item.trim()).filter((item) => item !== "")
    .map((item) => {
      const colon = item.search(/:\s/);
      if (colon < 1) fail(item, "it has no name and colon before it");
      return [item.slice(0, colon), item.slice(colon + 1).trim()];
    });
}

/** Calls back with each mark and the indexes where it begins and ends, and goes on where the callback says. */
function forEachMark(
  text: string,
  callback: (found: string, at: number, end: number) => number,
): void {
  let match: RegExpExecArray | null;
  for (let from = 0; (match = markFrom(text, from));) {
    from = callback(match[0], match.index, match.index + match[0].length);
  }
}

function markFrom(text: string, from: number): RegExpExecArray | null {
  mark.lastIndex = from;
  return mark.exec(text);
}
