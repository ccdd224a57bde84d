/**
 * The IndexedDB database of the store: all documents in one object store, under `[type, id]`.
 *
 * @module
 */
import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, wrap } from "idb";
import { foreignDatabase, openingError } from "./errors.ts";
import type { EntryRecord, RecordKey } from "./record.ts";

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
