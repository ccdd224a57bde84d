/**
 * The IndexedDB database of the store: all documents in one object store, under `[type, id]`.
 *
 * @module
 */
import { foreignDatabase, nameOf, newerDatabase } from "./errors.ts";
import type { RecordKey } from "./record.ts";

/** The version of the database. */
const current = 1;

/**
 * Opens the database, and makes it the first time.
 *
 * @throws {Error} when a database of this name is another application's, or a newer version's.
 */
export async function openEntries(factory: IDBFactory, name: string): Promise<IDBDatabase> {
  let tooNew: unknown;
  const database = await open(factory, name, current).catch((error) => {
    if (nameOf(error) !== "VersionError") throw error;
    tooNew = error;
    // Whatever its version, what it holds says whose it is.
    return open(factory, name);
  });
  const isOurs = hasEntries(database);
  if (isOurs && !tooNew) return database;
  database.close();
  throw isOurs ? newerDatabase(name, tooNew) : foreignDatabase(name);
}

function open(factory: IDBFactory, name: string, version?: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, version);
    request.onupgradeneeded = () => {
      const entries = request.result.createObjectStore("entries", { keyPath: ["type", "id"] });
      entries.createIndex("expires", "expires");
      entries.createIndex("long", ["type", "id", "long"]);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function hasEntries(database: IDBDatabase): boolean {
  if (!database.objectStoreNames.contains("entries")) return false;
  const entries = database.transaction("entries").objectStore("entries");
  return String(entries.keyPath) === "type,id" && entries.indexNames.contains("long");
}

const whole = { after: undefined, before: undefined };

/** Returns the range of a type's records, or of those between two keys. */
export function rangeOf(
  type: string,
  { after, before }: {
    readonly after: IDBValidKey | undefined;
    readonly before: IDBValidKey | undefined;
  } = whole,
): IDBKeyRange {
  // An array sorts after all strings, and nothing before them.
  return IDBKeyRange.bound(after ?? [type], before ?? [type, []], true, true);
}

/** Returns the range of the long records after a key, in their index. */
export function longRangeOf(type: string, after: RecordKey | undefined): IDBKeyRange {
  return IDBKeyRange.bound(after ? [...after, []] : [type], [type, []], true, true);
}
