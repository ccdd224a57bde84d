import { Reader } from "./reader.ts";

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

const name = /[\p{L}\p{M}\p{N}_$-]+/uy;
const spaces = /\s+/y;
const plainText = /[^|]+/y;

/**
 * Reads an expression: `["!"] path [("=" | "!=") text] *("|" format [":" arg])`. A text or an argument may be in single
 * quotes. Without them, a text that begins with `../` or `@` is a path.
 *
 * @throws {ExpressionError} and nothing else
 */
export function parseExpression(text: string): Expression {
  const reader = new Reader(text);
  reader.match(spaces);
  const isNegated = reader.take("!");
  const path = readPath(reader);
  reader.match(spaces);
  const comparison = readComparison(reader);
  const formats: Format[] = [];
  while (reader.take("|")) formats.push(readFormat(reader));
  if (!reader.isOver) reader.refuse();
  return { path, isNegated, comparison, formats };
}

/**
 * Reads a path: `*("../") (name *("." name) | ".")`, or `"@" name *("." name)`. A name before a colon, as in
 * `Todo:title`, is a hint for people and schemas.
 *
 * @throws {ExpressionError} and nothing else
 */
export function parsePath(text: string): Path {
  const reader = new Reader(text);
  const path = readPath(reader);
  reader.match(spaces);
  if (!reader.isOver) reader.refuse();
  return path;
}

function readPath(reader: Reader): Path {
  reader.match(spaces);
  if (reader.take("@")) return { up: 0, isLocal: true, names: readNames(reader) };
  let path = readPlace(reader);
  if (path.up === 0 && path.names.length === 1 && reader.take(":")) {
    reader.match(spaces);
    path = readPlace(reader);
  }
  return path;
}

function readPlace(reader: Reader): Path {
  let up = 0;
  while (reader.take("../")) up++;
  const names = reader.take(".") ? [] : readNames(reader);
  return { up, isLocal: false, names };
}

function readNames(reader: Reader): string[] {
  const names: string[] = [];
  do names.push(readName(reader)); while (reader.take("."));
  return names;
}

function readName(reader: Reader): string {
  return reader.match(name) || reader.refuse();
}

function readComparison(reader: Reader): Comparison | undefined {
  const isEqual = !reader.take("!=");
  if (isEqual && !reader.take("=")) return undefined;
  reader.match(spaces);
  const isPath = reader.startsWith("../") || reader.startsWith("@");
  const to = isPath ? readPath(reader) : readText(reader);
  reader.match(spaces);
  return { isEqual, to };
}

function readFormat(reader: Reader): Format {
  reader.match(spaces);
  const called = readName(reader);
  reader.match(spaces);
  if (!reader.take(":")) return { name: called, argument: undefined };
  reader.match(spaces);
  const argument = readText(reader);
  reader.match(spaces);
  return { name: called, argument };
}

function readText(reader: Reader): string {
  if (reader.take("'")) return reader.quoted();
  return reader.match(plainText).trimEnd() || reader.refuse();
}
