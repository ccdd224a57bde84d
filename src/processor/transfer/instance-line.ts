import type { Entry } from "../../persistence/adapter/adapter.ts";
import { decodeValue, encodeValue, jsonFormat } from "../../persistence/adapter/codec.ts";
import { isName } from "../message.ts";
import { describe } from "../../shared/describe.ts";
import { own } from "../../shared/own.ts";

/** An entry that travels: an instance, or what the processor keeps of one. */
export interface Transferred extends Omit<Entry, "version"> {
  readonly type: string;
  readonly key: string;
}

/** What stands on a line. A value of plain JSON is there as it is, any other as text in its format. */
interface Line {
  readonly type: string;
  readonly id: string;
  readonly metadata?: unknown;
  readonly value?: unknown;
  readonly format?: number;
  readonly text?: string;
}

/** Returns an entry as one line of JSON, without its end. */
export function formatLine({ type, key: id, value, metadata }: Transferred): string {
  const { format, text } = encodeValue(value);
  const head: Line = { type, id, ...(metadata !== undefined && { metadata }) };
  if (format !== jsonFormat) return JSON.stringify({ ...head, format, text } satisfies Line);
  // The text is JSON already.
  return `${JSON.stringify(head).slice(0, -1)},"value":${text}}`;
}

/** Returns whether a value is the same after it was written as JSON. */
export function isPlainJson(value: unknown): boolean {
  return value === undefined || encodeValue(value).format === jsonFormat;
}

/**
 * Returns the entry that a line holds.
 *
 * @throws {TypeError} if it is no such line
 * @throws {UnreadableEntryError} if its value is damaged
 */
export function parseLine(line: string): Transferred {
  const { type, id, metadata, value, format = jsonFormat, text } = own(parse(line) as Line);
  if (!isTypeName(type) || typeof id !== "string") {
    throw new TypeError("it names no type and id; use a line that exportInstances wrote");
  }
  const stored = text === undefined ? JSON.stringify(value) : text;
  const decoded = decodeValue({ format, text: stored }, { type, key: id });
  return { type, key: id, value: decoded, ...(metadata !== undefined && { metadata }) };
}

function parse(line: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (cause) {
    throw new TypeError("it is no JSON; use a line that exportInstances wrote", { cause });
  }
  if (typeof parsed === "object" && parsed !== null) return parsed;
  throw new TypeError(`it is ${describe(parsed)}; use a line that exportInstances wrote`);
}

function isTypeName(type: unknown): type is string {
  return typeof type === "string" && isName(type);
}
