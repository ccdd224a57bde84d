/**
 * An entry as one text, for backends that keep text under a name: a line of JSON that says how the value is written,
 * and the value after it.
 *
 * @module
 */
import type { Entry, Version } from "../../src/persistence/adapter/adapter.ts";
import { decodeEntry, type EncodedValue, repair } from "../../src/persistence/adapter/codec.ts";
import { UnreadableEntryError } from "../../src/persistence/adapter/errors.ts";
import { decodeStoredKey } from "../../src/persistence/adapter/keys.ts";
import { own } from "../../src/shared/own.ts";

// A NUL too, because some backends lose what comes after it.
const special = /[%/\0]/;
const allSpecial = new RegExp(special, "g");

/** The first line of a record. */
export interface RecordHeader {
  readonly format: number;
  readonly version: Version;
  readonly metadata?: unknown;
  /** When the entry is gone, in milliseconds since 1970. */
  readonly expires?: number;
}

/**
 * Returns what all names of a store begin with. The first slash ends it, so no two prefixes have a name in common; the
 * second one ends the type, and the encoded key follows.
 */
export function rootOf(prefix: string): string {
  return `${escape(prefix)}/`;
}

/** Returns what the names of a type's entries begin with. */
export function namePrefix(root: string, type: string): string {
  return `${root}${escape(type)}/`;
}

function escape(part: string): string {
  return special.test(part) ? part.replaceAll(allSpecial, encodeURIComponent) : part;
}

/** Returns the record of an entry. */
export function formatRecord(header: RecordHeader, { text }: EncodedValue): string {
  return `${JSON.stringify(header)}\n${text}`;
}

/**
 * Returns the entry in a record, or `undefined` if it has expired.
 *
 * @throws {UnreadableEntryError} when the record is damaged.
 */
export function parseRecord(
  record: string,
  { type, encodedKey, now }: {
    readonly type: string;
    readonly encodedKey: string;
    readonly now: number;
  },
): Entry | undefined {
  const end = record.indexOf("\n");
  const header = parseLine(record, end);
  if (!header) {
    const problem = `the first line of its record is damaged; ${repair}`;
    throw new UnreadableEntryError({ type, key: decodeStoredKey(type, encodedKey) }, problem);
  }
  if (isExpired(header, now)) return undefined;
  const { format, version, metadata } = header;
  return decodeEntry(type, { encodedKey, format, text: record.slice(end + 1), version, metadata });
}

/** Returns only the first line of a record, which is cheap to read; `undefined` if it is damaged. */
export function parseHeader(record: string): RecordHeader | undefined {
  return parseLine(record, record.indexOf("\n"));
}

function parseLine(record: string, end: number): RecordHeader | undefined {
  if (end < 0) return undefined;
  try {
    const header = own(JSON.parse(record.slice(0, end)));
    const { format, version, expires } = header;
    const isWhole = typeof format === "number" && typeof version === "string" &&
      (expires === undefined || typeof expires === "number");
    return isWhole ? header : undefined;
  } catch {
    return undefined;
  }
}

/** Returns whether an entry has expired. */
export function isExpired({ expires = Infinity }: RecordHeader, now: number): boolean {
  return expires <= now;
}
