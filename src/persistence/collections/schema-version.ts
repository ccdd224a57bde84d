import { describe, tagOf } from "../../shared/describe.ts";
import { describeKey } from "../../shared/key.ts";
import type { Entry, Key } from "../adapter/adapter.ts";
import { UnreadableEntryError } from "../adapter/errors.ts";
import type { FollowedCollection } from "./followed-collection.ts";
import type { PersistOptions, StoredDocument } from "./options.ts";
import type { StorageCalls } from "./storage-calls.ts";

/** The type under which the schema version of each collection is stored, and the storage's epoch. */
export const collectionsType = "rian.collections";

/** Returns the schema version that the options give a collection. */
export function schemaVersionOf(name: string, version: PersistOptions["version"] = 1): number {
  if (typeof version === "number") return version;
  return Object.hasOwn(version, name) ? version[name] ?? 1 : 1;
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
 * @throws {UnreadableEntryError} when its entry holds no schema version.
 */
export async function checkSchemaVersion(
  { name, schemaVersion }: FollowedCollection,
  storage: StorageCalls,
): Promise<void> {
  const entry = await storage.call((adapter) => adapter.get(collectionsType, name));
  const stored = entry === undefined ? 1 : versionIn(entry.value);
  if (stored === undefined) throw unreadable(collectionsType, name, entry?.value);
  if (stored > schemaVersion) throw new DowngradeError(name, { stored, known: schemaVersion });
  if (stored === schemaVersion) return;
  const value = { version: schemaVersion };
  await storage.call((adapter) => adapter.commit([{ type: collectionsType, key: name, value }]));
}

/** Returns whether an entry needs no migration. */
export function isOfToday({ metadata }: Entry, { schemaVersion }: FollowedCollection): boolean {
  return versionIn(metadata ?? {}, 1) === schemaVersion;
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
  const stored = storedVersionOf(entry, collection);
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
  entry: Entry,
  collection: FollowedCollection,
): Promise<StoredDocument> {
  const { key, value } = entry;
  const { name, primaryKey, migrate } = collection;
  const stored = storedVersionOf(entry, collection);
  if (!isDocument(value)) {
    throw new UnreadableEntryError(
      { type: name, key },
      `it is ${describe(value)}, not a document; write it again or delete it`,
    );
  }
  if (migrate === undefined) {
    throw new Error(
      `Cannot read ${name}/${
        describeKey(key)
      }: its collection does not take it, or has a later schema version ` +
        `than ${stored}; pass migrate`,
    );
  }
  const document = await migrate(value, stored, { collection: name, key });
  if (isDocument(document) && Object.hasOwn(document, primaryKey)) return document;
  throw new TypeError(
    `Cannot read ${name}/${
      describeKey(key)
    }: migrate did not return a document with ${primaryKey}; return one`,
  );
}

/** Returns whether a value is a document with this primary key. */
export function hasKey(value: unknown, key: Key, { primaryKey }: FollowedCollection): boolean {
  if (!isDocument(value) || !Object.hasOwn(value, primaryKey)) return false;
  const own = value[primaryKey];
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

function isDocument(value: unknown): value is StoredDocument {
  if (typeof value !== "object" || value === null) return false;
  // Looking at its prototype is much faster.
  return Object.getPrototypeOf(value) === Object.prototype || tagOf(value) === "Object";
}

/** Returns the schema version of an entry of a collection. */
function storedVersionOf({ key, metadata }: Entry, { name }: FollowedCollection): number {
  const version = versionIn(metadata ?? {}, 1);
  if (version !== undefined) return version;
  throw unreadable(name, key, metadata);
}

/** Returns the version in a record, or `absent`; `undefined` for what is no version. */
function versionIn(record: unknown, absent?: number): number | undefined {
  if (!isDocument(record) || !Object.hasOwn(record, "version")) return absent;
  const { version } = record;
  return Number.isInteger(version) && (version as number) >= 1 ? version as number : undefined;
}

function unreadable(type: string, key: Key, record: unknown): UnreadableEntryError {
  const { version } = Object(record) as { readonly version?: unknown };
  return new UnreadableEntryError(
    { type, key },
    `${describe(version)} is not a schema version; write it again or delete it`,
  );
}
