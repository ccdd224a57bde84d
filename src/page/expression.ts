import type { Problem } from "./problems.ts";

/** Where a value is, as seen from a row or a scope. */
export interface Path {
  /** How many rows it leaves first, by `../`. */
  readonly up: number;
  /** Whether the first name is that of a local, such as `@index`. */
  readonly isLocal: boolean;
  /** The names of own properties that lead there; none for `.`, the whole. */
  readonly names: readonly string[];
}

/** What the text at a path is compared with: a text, or the text at another path. */
export interface Comparison {
  readonly isEqual: boolean;
  readonly to: string | Path;
}

/** One step in showing a value, such as `date:full`. */
export interface Format {
  readonly name: string;
  readonly argument: string | undefined;
}

/** What an attribute shows. */
export interface Expression {
  readonly path: Path;
  /** Whether it is true where the rest is false. */
  readonly isNegated: boolean;
  readonly comparison: Comparison | undefined;
  readonly formats: readonly Format[];
}

/** What is wrong with an expression in a page; `textOf` in problems.ts puts it in words for its author. */
export class ExpressionError extends Error {
  readonly problem: Problem;
  readonly parts: readonly string[];

  constructor(problem: Problem, parts: readonly string[]) {
    super(problem);
    this.problem = problem;
    this.parts = parts;
  }
}

// No pattern has two ways to match the same characters, so each looks at a character a bounded number of times.
const start = /\s*(!?)\s*/y;
const place =
  /(?:[\p{L}\p{M}\p{N}_$-]+:\s*)?((?:\.\.\/)*)([\p{L}\p{M}\p{N}_$-]+(?:\.[\p{L}\p{M}\p{N}_$-]+)*|\.)\s*/uy;
const local = /(@)([\p{L}\p{M}\p{N}_$-]+(?:\.[\p{L}\p{M}\p{N}_$-]+)*)\s*/uy;
const sign = /(!?)=\s*/y;
const outward = /@|\.\.\//y;
const bar = /\|\s*([\p{L}\p{M}\p{N}_$-]+)\s*(:?)\s*/uy;
const plainText = /'([^']*(?:''[^']*)*)'\s*|([^'|][^|]*)/y;

/**
 * Reads an expression: `["!"] path [("=" | "!=") text] *("|" format [":" arg])`. A path is
 * `*("../") (name *("." name) | ".")`, or `"@" name *("." name)`; a name before a colon, as in `Todo:title`, is a hint
 * for people and schemas. A text or an argument may be in single quotes, in which a doubled one stands for itself.
 * Without them, a text that begins with `../` or `@` is a path.
 *
 * @throws {ExpressionError} and nothing else
 */
export function parseExpression(text: string): Expression {
  let at = 0;

  function take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  }

  function takePath(): Path {
    const found = take(local) ?? take(place) ?? refuse();
    const [, before, names] = found as unknown as readonly [string, string, string];
    const isLocal = before === "@";
    return {
      up: isLocal ? 0 : before.length / 3,
      isLocal,
      names: names === "." ? [] : names.split("."),
    };
  }

  function takeText(): string {
    const [, quoted, plain] = take(plainText) ?? refuse();
    return plain?.trimEnd() ?? quoted!.replaceAll("''", "'");
  }

  function refuse(): never {
    const rest = text.slice(at);
    fail(rest === "" ? "early" : "unexpected", text, rest);
  }

  const isNegated = take(start)![1] === "!";
  const path = takePath();
  const compared = take(sign);
  let comparison: Comparison | undefined;
  if (compared) {
    outward.lastIndex = at;
    const to = outward.test(text) ? takePath() : takeText();
    comparison = { isEqual: compared[1] === "", to };
  }
  const formats: Format[] = [];
  for (let found; (found = take(bar));) {
    const [, name, colon] = found;
    formats.push({ name: name!, argument: colon ? takeText() : undefined });
  }
  if (at < text.length) refuse();
  return { path, isNegated, comparison, formats };
}

/** Throws an {@link ExpressionError}. */
export function fail(problem: Problem, ...parts: readonly string[]): never {
  throw new ExpressionError(problem, parts);
}
