/**
 * The IndexedDB database of the store: all documents in one object store, under `[type, id]`.
 *
 * @module
 */
import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, wrap } from "idb";
import type { Entry, Version } from "../../src/persistence/adapter/adapter.ts";
import { decodeEntry, repair } from "../../src/persistence/adapter/codec.ts";
import { UnreadableEntryError } from "../../src/persistence/adapter/errors.ts";
import { decodeStoredKey } from "../../src/persistence/adapter/keys.ts";
import { foreignDatabase, openingError } from "./errors.ts";
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

export type RecordKey = [type: string, id: string];

export interface EntriesSchema extends DBSchema {
  entries: {
    key: RecordKey;
    value: EntryRecord;
    indexes: {
      expires: number;
      long: [type: string, id: string, length: number];
    };
  };
}

export type EntriesDatabase = IDBPDatabase<EntriesSchema>;

type EntriesReader = IDBPObjectStore<EntriesSchema, ["entries"], "entries", "readonly">;

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
  record: EntryRecord | undefined,
  now: number,
): EntryRecord | undefined {
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

/**
 * Opens the database, and makes it the first time.
 *
 * @throws {Error} when a database of this name is another application's.
 */
export async function openEntries(factory: IDBFactory, name: string): Promise<EntriesDatabase> {
  const request = factory.open(name, 1);
  request.onupgradeneeded = () => {
    const entries = request.result.createObjectStore("entries", { keyPath: ["type", "id"] });
    entries.createIndex("expires", "expires");
    entries.createIndex("long", ["type", "id", "long"]);
  };
  const database = await wrap(request).catch((error) => {
    throw openingError(error, name);
  }) as unknown as EntriesDatabase;
  if (isOurs(database)) return database;
  database.close();
  throw foreignDatabase(name);
}

/** Returns the documents in a transaction of their own that only reads. */
export function readOnly(database: EntriesDatabase): EntriesReader {
  const transaction = database.transaction("entries");
  // Each request reports what is wrong by itself.
  transaction.done.catch(() => {});
  return transaction.store;
}

function isOurs(database: EntriesDatabase): boolean {
  if (!database.objectStoreNames.contains("entries")) return false;
  const store = readOnly(database);
  return String(store.keyPath) === "type,id" && store.indexNames.contains("long");
}

/** Returns the range of a type's records, or of those between two keys. */
export function rangeOf(
  type: string,
  { after, before }: {
    readonly after?: RecordKey | undefined;
    readonly before?: RecordKey | undefined;
  } = {},
): IDBKeyRange {
  // An array sorts after all strings, and nothing before them.
  return IDBKeyRange.bound(after ?? [type], before ?? [type, []], true, true);
}

/** Returns the range of the long records after a key, in their index. */
export function longRangeOf(type: string, after: RecordKey | undefined): IDBKeyRange {
  return IDBKeyRange.bound(after ? [...after, []] : [type], [type, []], true, true);
}
