import { type ApplyFormat, evaluateValue, type Level, readPath, toText } from "../page/evaluate.ts";
import { ExpressionError, type Path } from "../page/expression.ts";
import { expressionAt, parseValue, pathIn, pathsIn, type Value } from "../page/value.ts";
import type { Frame } from "./frame.ts";

/** What is read for an attribute. */
export interface Reading {
  /** Returns whether there is something to read. */
  isKnown(frame: Frame): boolean;
  /** Returns the value. */
  read(frame: Frame): unknown;
}

/** Returns what is read for a value in so many rows, or `undefined` if it leaves more than that. */
export function readingOf(value: Value, depth: number): Reading | undefined {
  const paths = pathsIn(value);
  if (paths.some(({ up }) => up > depth)) return undefined;
  const isLocal = paths.every((path) => path.isLocal);
  const read = readerOf(value);
  return {
    isKnown: ({ hasState }) => hasState || isLocal,
    read: ({ level, painter }) => read(level, painter.apply),
  };
}

/** Returns what reads a value. Most are the value at a path of the level itself, which takes no more than to look there. */
function readerOf(value: Value): (level: Level, apply: ApplyFormat) => unknown {
  if (!value.path) {
    const { texts } = value;
    const readers = value.expressions.map(readerOf);
    return (level, apply) => {
      let text = texts[0]!;
      for (const [index, read] of readers.entries()) {
        text += toText(read(level, apply)) + texts[index + 1]!;
      }
      return text;
    };
  }
  const { path: { isLocal, names, up }, isNegated, comparison, formats } = value;
  const isPlain = !isLocal && up === 0 && !isNegated && !comparison && formats.length === 0;
  if (isPlain) return (level) => readPath(level.value, names);
  return (level, apply) => evaluateValue(value, level, apply);
}

/** Returns what is read for a text, or `undefined` if that cannot be read: the client says so in its console. */
export function readingOfText(text: string, depth: number): Reading | undefined {
  const value = attempt(() => parseValue(text || "."));
  return value && readingOf(value, depth);
}

/** Returns what is read at a path. */
export function readingAt(path: Path, depth: number): Reading | undefined {
  return readingOf(expressionAt(path), depth);
}

/** Returns a path, or `undefined` if the text is anything else. */
export function pathOf(text: string): Path | undefined {
  return attempt(() => pathIn(parseValue(text || "."), text));
}

/** Returns what could be read of the page, or `undefined`. */
export function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}
