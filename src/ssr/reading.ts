import { evaluate, fillText, type Level, readFrom } from "../page/evaluate.ts";
import { fail, type Path } from "../page/expression.ts";
import { pathsIn, type Value } from "../page/value.ts";
import type { Painting } from "./painting.ts";

/** What a part of a page reads. */
export interface Reading {
  /** Whether it depends on locals alone, so that it needs no state. */
  readonly isLocal: boolean;
  read(level: Level, painting: Painting): unknown;
}

/**
 * Returns what is to be read for a value that an author wrote as `text`, in so many rows.
 *
 * @throws {ExpressionError} if it leaves more rows than it is in
 */
export function readingOf(value: Value, text: string, depth: number): Reading {
  const paths = pathsIn(value);
  if (paths.some(({ up }) => up > depth)) fail("outward", text);
  const isLocal = paths.length > 0 && paths.every((path) => path.isLocal);
  if (!value.path) {
    return {
      isLocal,
      read: (level, painting) => fillText(value, level, painting.formatsOf(text)),
    };
  }
  const { path, comparison, formats, isNegated } = value;
  if (!comparison && !isNegated && formats.length === 0) {
    return { isLocal, read: (level) => readFrom(level, path) };
  }
  return { isLocal, read: (level, painting) => evaluate(value, level, painting.formatsOf(text)) };
}

/**
 * Returns what is to be read at a path.
 *
 * @throws {ExpressionError} if it leaves more rows than it is in
 */
export function readingAt(path: Path, text: string, depth: number): Reading {
  return readingOf({ path, isNegated: false, comparison: undefined, formats: [] }, text, depth);
}
