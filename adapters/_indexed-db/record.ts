/**
 * Entries as the records of IndexedDB.
 *
 * @module
 */
import type { Entry, Version } from "../../src/persistence/adapter/adapter.ts";
import { decodeEntry, type EncodedValue, repair } from "../../src/persistence/adapter/codec.ts";
import { UnreadableEntryError } from "../../src/persistence/adapter/errors.ts";
import { decodeStoredKey } from "../../src/persistence/adapter/keys.ts";
import type { PreparedPut } from "../../src/persistence/adapter/prepare.ts";
import { own } from "../../src/shared/own.ts";
import { fromSortable, toSortable } from "./sortable-keys.ts";

/** A stored document. */
export interface EntryRecord {
  readonly type: string;
  /** The encoded key, as {@link toSortable} writes it. */
  readonly id: string;
  readonly text: string;
  readonly format: number;
  readonly version: Version;
  readonly metadata?: unknown;
  /** When the document is gone, in milliseconds since 1970. */
  readonly expires?: number;
  /** What {@link lengthOf} returns, if that is more than {@link longLength}; no other record is in the index. */
  readonly long?: number;
}

/** The key of a record. */
export type RecordKey = [type: string, id: string];

/** How many characters a record may have before it is long. */
export const longLength = 16_000;

/** Returns how many characters a record has, in its key and its text, which may be long. */
export function lengthOf({ id, text }: Pick<EntryRecord, "id" | "text">): number {
  return lengthOfText(id) + lengthOfText(text);
}

/** Another application may have put anything in place of a text. */
function lengthOfText(part: unknown): number {
  return typeof part === "string" ? part.length : 0;
}

/** Returns the key of a record. */
export function recordKey(type: string, encodedKey: string): RecordKey {
  return [type, toSortable(encodedKey)];
}

/** Returns the encoded key in a record or in its key, or what another application has put there. */
export function encodedKeyOf(stored: unknown): unknown {
  return typeof stored === "string" ? fromSortable(stored) : stored;
}

/** Returns the record, if there is one that is not known to have expired, damaged or not. */
export function unlessExpired(
  stored: EntryRecord | undefined,
  now: number,
): EntryRecord | undefined {
  const record = stored && own(stored);
  return record && typeof record.expires === "number" && record.expires <= now ? undefined : record;
}

/**
 * Returns the entry in a record.
 *
 * @throws {UnreadableEntryError} when the record is damaged, or another application's.
 */
export function entryOfRecord(
  { type, id, text, format, version, metadata, expires }: EntryRecord,
): Entry {
  const encodedKey = encodedKeyOf(id);
  if (expires === undefined || typeof expires === "number") {
    return decodeEntry(type, { encodedKey, text, format, version, metadata });
  }
  throw new UnreadableEntryError(
    { type, key: decodeStoredKey(type, encodedKey) },
    `its expiry is not a time; ${repair}`,
  );
}

/** Returns the record of an entry that is written now. */
export function recordOf(
  { encoded: { format, text }, metadata, ttl }: PreparedPut<EncodedValue>,
  { type, encodedKey, version, now }: {
    readonly type: string;
    readonly encodedKey: string;
    readonly version: Version;
    readonly now: number;
  },
): EntryRecord {
  const record = { type, id: toSortable(encodedKey), text, format, version };
  const length = lengthOf(record);
  return {
    ...record,
    ...length > longLength && { long: length },
    ...metadata !== undefined && { metadata },
    ...ttl !== undefined && { expires: now + ttl },
  };
}
