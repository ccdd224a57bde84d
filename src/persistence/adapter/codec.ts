/**
 * Values as text, for backends that keep text. Only adapters import this module: the core has no dependency.
 *
 * Every stored text comes with the number of its format. Format 1 is JSON, which other tools can read and query;
 * format 2 is [devalue](https://github.com/sveltejs/devalue), for values that JSON would change. A later format gets
 * the next number, and these two stay readable.
 *
 * @module
 */
import { parse, stringify } from "devalue";
import type { Entry, JournalCodec, Key } from "./adapter.ts";
import { UnreadableEntryError } from "./errors.ts";
import { decodeStoredKey } from "./keys.ts";
import type { PreparedWrite } from "./prepare.ts";
import { assertStorable, type ValueKind, valueKind } from "./value.ts";

/** A value as text. */
export interface EncodedValue {
  /** The format of the text: 1 is JSON, 2 is devalue. */
  readonly format: number;
  /** The value. */
  readonly text: string;
}

/** A write whose value is text. */
export type EncodedWrite = PreparedWrite<EncodedValue>;

/** The format of plain JSON. */
export const jsonFormat = 1;
/** The format of values that JSON would change. */
export const devalueFormat = 2;

/** What to do about a damaged entry. */
export const repair = "restore the entry or delete it";

/**
 * Encodes a value.
 *
 * @param kind What {@link valueKind} returns for the value.
 * @throws {TypeError} naming the part of the value that cannot be stored.
 */
export function encodeValue(value: unknown, kind: ValueKind = valueKind(value)): EncodedValue {
  return kind === "json"
    ? { format: jsonFormat, text: JSON.stringify(value) }
    : { format: devalueFormat, text: stringify(value) };
}

/** Returns the journal of an adapter, for `persist`, in which the text of a value follows the number of its format. */
export function journalCodec(name: string): JournalCodec {
  return {
    name,
    encode(value) {
      const { format, text } = encodeValue(value);
      return `${format}${text}`;
    },
    decode(text) {
      const entry = { type: "rian-journal", key: name };
      return decodeValue({ format: Number(text[0]), text: text.slice(1) }, entry);
    },
  };
}

/** What a backend holds of an entry. Others can write there as well, so each part may be anything. */
export interface StoredEntry {
  /** The encoded key. */
  readonly encodedKey: unknown;
  /** As in {@link EncodedValue}. */
  readonly format: unknown;
  /** As in {@link EncodedValue}. */
  readonly text: unknown;
  /** The version of the entry. */
  readonly version: unknown;
  /** Plain JSON, or `undefined`. */
  readonly metadata?: unknown;
}

/**
 * Returns the entry that was stored.
 *
 * @throws {UnreadableEntryError} when a part is damaged, or of a format that this version does not know.
 */
export function decodeEntry(type: string, stored: StoredEntry): Entry {
  const { encodedKey, format, text, version } = stored;
  const metadata = Object.hasOwn(stored, "metadata") ? stored.metadata : undefined;
  const key = decodeStoredKey(type, encodedKey);
  const value = decodeValue({ format, text }, { type, key });
  if (typeof version !== "string") {
    throw new UnreadableEntryError({ type, key }, `it has no version; ${repair}`);
  }
  return metadata === undefined ? { key, value, version } : { key, value, version, metadata };
}

/**
 * Returns the value that was encoded.
 *
 * @param entry Where it is stored.
 * @throws {UnreadableEntryError} when the text is damaged or of a format that this version does not know.
 */
export function decodeValue(
  { format, text }: Pick<StoredEntry, "format" | "text">,
  entry: { readonly type: string; readonly key: Key },
): unknown {
  if (typeof format !== "number" || typeof text !== "string") {
    throw new UnreadableEntryError(entry, `it was not stored by rian; ${repair}`);
  }
  if (format !== jsonFormat && format !== devalueFormat) {
    const problem =
      `it is stored in format ${format}, which this version does not know; update rian`;
    throw new UnreadableEntryError(entry, problem);
  }
  try {
    const value: unknown = format === jsonFormat ? JSON.parse(text) : parse(text);
    if (mayNamePrototype(text)) assertStorable(value);
    return value;
  } catch (cause) {
    throw new UnreadableEntryError(entry, `the stored text is damaged; ${repair}`, { cause });
  }
}

/** Returns whether a text may give an object a property `__proto__`, which others could write with escapes as well. */
function mayNamePrototype(text: string): boolean {
  return text.includes("__proto__") || text.includes("\\u00");
}
