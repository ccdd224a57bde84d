/**
 * An entry as one text, for backends that keep a string under a name: a line of JSON that says how the value is
 * written, and the value behind it.
 *
 * @module
 */
import type { Entry, Version } from "../src/persistence/adapter.ts";
import { decodeValue, type EncodedValue } from "../src/persistence/codec.ts";
import { UnreadableEntryError } from "../src/persistence/errors.ts";
import { decodeKey } from "../src/persistence/keys.ts";

/** What the first line says. */
export interface RecordHeader {
  readonly format: number;
  readonly version: Version;
  readonly metadata?: unknown;
  /** When the entry is gone, in milliseconds since 1970. */
  readonly expires?: number;
}

/**
 * What the names of a type's entries begin with; the encoded key follows. The first slash behind our own prefix
 * ends the type.
 */
export function namePrefix(prefix: string, type: string): string {
  return `${prefix}${type.replace(/[%/\0]/g, (found) => encodeURIComponent(found))}/`;
}

export function formatRecord(header: RecordHeader, { text }: EncodedValue): string {
  return `${JSON.stringify(header)}\n${text}`;
}

/**
 * The entry in a record, or `undefined` if it has expired.
 *
 * @throws {UnreadableEntryError} when the record is damaged.
 */
export function parseRecord(
  record: string,
  { type, id, now }: { readonly type: string; readonly id: string; readonly now: number },
): Entry | undefined {
  const key = decodeKey(id);
  const header = parseHeader(record, { type, key });
  if ((header.expires ?? Infinity) <= now) return undefined;
  const text = record.slice(record.indexOf("\n") + 1);
  const value = decodeValue({ format: header.format, text }, { type, key });
  const entry = { key, value, version: header.version };
  return header.metadata === undefined ? entry : { ...entry, metadata: header.metadata };
}

/**
 * Only the first line of a record, which is cheap to read.
 *
 * @throws {UnreadableEntryError} when it is damaged.
 */
export function parseHeader(
  record: string,
  entry: ConstructorParameters<typeof UnreadableEntryError>[0],
): RecordHeader {
  try {
    const header = JSON.parse(record.slice(0, record.indexOf("\n")));
    if (typeof header.format === "number" && typeof header.version === "string") return header;
  } catch {
    // Said below, as for a header of another shape.
  }
  const problem = "the first line of its record is damaged; restore the entry or delete it";
  throw new UnreadableEntryError(entry, problem);
}
