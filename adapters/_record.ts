/**
 * An entry as one text, for backends that keep a string under a name: a line of JSON that says how the value is
 * written, and the value behind it.
 *
 * @module
 */
import type { Entry, Version } from "../src/persistence/adapter.ts";
import { decodeEntry, type EncodedValue, REPAIR } from "../src/persistence/codec.ts";
import { UnreadableEntryError } from "../src/persistence/errors.ts";
import { keyOfId } from "../src/persistence/keys.ts";

/** What the first line says. */
export interface RecordHeader {
  readonly format: number;
  readonly version: Version;
  readonly metadata?: unknown;
  /** When the entry is gone, in milliseconds since 1970. */
  readonly expires?: number;
}

/**
 * What the names of a type's entries begin with, or of all; the encoded key follows. The first slash ends the
 * prefix and the second one the type, so that no two prefixes have a name in common.
 */
export function namePrefix(prefix: string, type?: string): string {
  return type === undefined ? `${escape(prefix)}/` : `${escape(prefix)}/${escape(type)}/`;
}

function escape(part: string): string {
  return part.replace(/[%/\0]/g, (found) => encodeURIComponent(found));
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
  const header = parseHeader(record);
  if (!header) {
    const problem = `the first line of its record is damaged; ${REPAIR}`;
    throw new UnreadableEntryError({ type, key: keyOfId(type, id) }, problem);
  }
  if (isExpired(header, now)) return undefined;
  const text = record.slice(record.indexOf("\n") + 1);
  return decodeEntry(type, { ...header, id, text });
}

/** Only the first line of a record, which is cheap to read; `undefined` where it is damaged. */
export function parseHeader(record: string): RecordHeader | undefined {
  try {
    const header = JSON.parse(record.slice(0, record.indexOf("\n")));
    const { format, version, expires } = header;
    const isWhole = typeof format === "number" && typeof version === "string" &&
      (expires === undefined || typeof expires === "number");
    return isWhole ? header : undefined;
  } catch {
    return undefined;
  }
}

export function isExpired({ expires = Infinity }: RecordHeader, now: number): boolean {
  return expires <= now;
}
