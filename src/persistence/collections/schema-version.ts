import { describeKey } from "../../shared/key.ts";
import type { Entry, Key } from "../adapter/adapter.ts";
import type { FollowedCollection } from "./followed-collection.ts";
import type { PersistOptions, StoredDocument } from "./options.ts";
import type { StorageCalls } from "./storage-calls.ts";

/** The type under which the schema version of each collection is stored, and the storage's epoch. */
export const collectionsType = "rian.collections";

/** Returns the schema version that the options give a collection. */
export function schemaVersionOf(name: string, version: PersistOptions["version"] = 1): number {
  return typeof version === "number" ? version : version[name] ?? 1;
}

/**
 * Refuses schema versions of collections that do not exist: the ones that were meant would be at version 1.
 *
 * @throws {TypeError} when there is one.
 */
export function assertNamed(
  names: readonly string[],
  version: PersistOptions["version"] = 1,
): void {
  const wrong = Object.keys(version).find((name) => !names.includes(name));
  if (wrong === undefined) return;
  throw new TypeError(
    `Cannot persist: version names ${
      JSON.stringify(wrong)
    }, which is not one of the collections; ` +
      `name ${names.join(" or ")}`,
  );
}

/** Returns the metadata of a stored document: its schema version, unless that is the first. */
export function metadataOf(
  { schemaVersion: version }: FollowedCollection,
): { metadata?: { version: number } } {
  return version === 1 ? {} : { metadata: { version } };
}

/**
 * Compares the schema version of a stored collection with today's, and stores the higher one, so programs that know
 * only an earlier version will refuse the collection.
 *
 * @throws {DowngradeError} when it was stored in a later version.
 */
export async function checkSchemaVersion(
  { name, schemaVersion }: FollowedCollection,
  storage: StorageCalls,
): Promise<void> {
  const entry = await storage.call((adapter) => adapter.get(collectionsType, name));
  const stored = versionIn(entry?.value);
  if (stored > schemaVersion) throw new DowngradeError(name, { stored, known: schemaVersion });
  if (stored === schemaVersion) return;
  const value = { version: schemaVersion };
  await storage.call((adapter) => adapter.commit([{ type: collectionsType, key: name, value }]));
}

/** Returns whether an entry needs no migration. */
export function isOfToday({ metadata }: Entry, { schemaVersion }: FollowedCollection): boolean {
  return versionIn(metadata) === schemaVersion;
}

/**
 * Returns the document of an entry in today's schema version.
 *
 * @throws when there is no way to it.
 */
export function documentOf(
  entry: Entry,
  collection: FollowedCollection,
): StoredDocument | Promise<StoredDocument> {
  const stored = versionIn(entry.metadata);
  if (stored === collection.schemaVersion) return entry.value as StoredDocument;
  if (stored > collection.schemaVersion) {
    const name = `${collection.name}/${describeKey(entry.key)}`;
    throw new DowngradeError(name, { stored, known: collection.schemaVersion });
  }
  return migrated(entry, collection);
}

/**
 * Returns what `migrate` makes of an entry.
 *
 * @throws what `migrate` throws, and an error when there is no `migrate`.
 */
export async function migrated(
  { key, value, metadata }: Entry,
  { name, primaryKey, migrate }: FollowedCollection,
): Promise<StoredDocument> {
  const stored = versionIn(metadata);
  if (migrate === undefined) {
    throw new Error(
      `Cannot read ${name}/${
        describeKey(key)
      }: its collection does not take it, or has a later schema version ` +
        `than ${stored}; pass migrate`,
    );
  }
  const document = await migrate(value as StoredDocument, stored, { collection: name, key });
  if (typeof document === "object" && document !== null && primaryKey in document) return document;
  throw new TypeError(
    `Cannot read ${name}/${
      describeKey(key)
    }: migrate did not return a document with ${primaryKey}; return one`,
  );
}

/** Returns whether a value is a document with this primary key. */
export function hasKey(value: unknown, key: Key, { primaryKey }: FollowedCollection): boolean {
  const own = (value as StoredDocument | null | undefined)?.[primaryKey];
  return own === key ||
    (own instanceof Date && key instanceof Date && own.getTime() === key.getTime());
}

/** Thrown for what a later version of the program has written. */
export class DowngradeError extends Error {
  constructor(name: string, { stored, known }: { stored: number; known: number }) {
    super(
      `Cannot open ${name}: it is stored in schema version ${stored}, and this program knows ${known}; update the program`,
    );
  }
}

function versionIn(record: unknown): number {
  return (record as { readonly version?: number } | undefined)?.version ?? 1;
}
