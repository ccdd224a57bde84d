import { evaluateValue, type Level } from "../page/evaluate.ts";
import { fail, type Path } from "../page/expression.ts";
import { expressionAt, pathsIn, type Value } from "../page/value.ts";
import type { Formatting } from "./formatting.ts";

/** What a binding reads. */
export interface Reading {
  /** The property of its level on which it depends; `undefined` if it depends on more. */
  readonly property: string | undefined;
  /** Whether it depends on locals alone, which are there before a state is. */
  readonly isLocal: boolean;
  /** Returns the value. */
  read(level: Level): unknown;
}

/** Options of {@link readingOf}. */
export interface ReadingOptions {
  /** How many rows of lists it is in. */
  readonly depth: number;
  /** Hears that something in a row depends on more than the row's item. */
  readonly lookOut: () => void;
  /** Applies the formats of expressions. */
  readonly formatting: Formatting;
}

/**
 * Returns what is to be read for a value that an author wrote as `text`.
 *
 * @throws {ExpressionError} if it leaves more rows than it is in
 */
export function readingOf(
  value: Value,
  text: string,
  { depth, formatting, lookOut }: ReadingOptions,
): Reading {
  const paths = pathsIn(value);
  if (paths.some(({ up }) => up > depth)) fail("outward", text);
  if (paths.some(looksOut)) lookOut();
  const apply = formatting.of(text);
  const [path, ...others] = paths;
  return {
    property: path && others.length === 0 && !looksOut(path) ? path.names[0] : undefined,
    isLocal: path !== undefined && paths.every(({ isLocal }) => isLocal),
    read: (level) => evaluateValue(value, level, apply),
  };
}

/** Returns what is to be read at a path. */
export function readingAt(path: Path, text: string, options: ReadingOptions): Reading {
  return readingOf(expressionAt(path), text, options);
}

function looksOut({ up, isLocal }: Path): boolean {
  return up > 0 || isLocal;
}

/** Remembers what a function has returned for each text: rows of a list have the same attributes. */
export function remembering<Result>(parse: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const result = known.get(text) ?? parse(text);
    known.set(text, result);
    return result;
  };
}
