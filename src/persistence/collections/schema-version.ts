import { describeKey } from "../../shared/key.ts";
import type { Entry, Key } from "../adapter/adapter.ts";
import type { FollowedCollection } from "./followed-collection.ts";
import type { StoredDocument } from "./options.ts";
import { call, type Session } from "./session.ts";

/** The type under which the schema version of each collection is stored. */
const COLLECTIONS = "rian.collections";

/** The metadata of a stored document: its schema version, where that is not the first. */
export function metadataOf({ version }: FollowedCollection): { metadata?: { version: number } } {
  return version === 1 ? {} : { metadata: { version } };
}

/**
 * Compares the version of a stored collection with today's, and stores the higher one, so that programs that
 * know only an earlier version will refuse it.
 *
 * @throws {Error} when what is stored was written by a later version.
 */
export async function checkVersion(
  session: Session,
  collection: FollowedCollection,
): Promise<void> {
  const { adapter } = session;
  const { name, version } = collection;
  const entry = await call(session, () => adapter.get(COLLECTIONS, name));
  const stored = versionIn(entry?.value);
  if (stored > version) throw new DowngradeError(name, { stored, known: version });
  if (stored === version) return;
  await call(session, () => adapter.commit([{ type: COLLECTIONS, key: name, value: { version } }]));
}

/** Whether an entry needs no migration. */
export function isOfToday({ metadata }: Entry, { version }: FollowedCollection): boolean {
  return versionIn(metadata) === version;
}

/**
 * The document of an entry in today's version.
 *
 * @throws when there is no way to it.
 */
export function documentOf(
  entry: Entry,
  collection: FollowedCollection,
  session: Session,
): StoredDocument | Promise<StoredDocument> {
  const stored = versionIn(entry.metadata);
  if (stored === collection.version) return entry.value as StoredDocument;
  if (stored > collection.version) {
    const name = `${collection.name}/${describeKey(entry.key)}`;
    throw new DowngradeError(name, { stored, known: collection.version });
  }
  return migrated(entry, collection, session);
}

/**
 * What `migrate` makes of an entry.
 *
 * @throws what `migrate` throws, and an error where there is no `migrate`.
 */
export async function migrated(
  { key, value, metadata }: Entry,
  { name, primaryKey }: FollowedCollection,
  { options: { migrate } }: Session,
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

/** Whether a value is a document that stands under its own key. */
export function hasKey(value: unknown, key: Key, { primaryKey }: FollowedCollection): boolean {
  const own = (value as StoredDocument | null | undefined)?.[primaryKey];
  return own === key ||
    (own instanceof Date && key instanceof Date && own.getTime() === key.getTime());
}

/** Refuses to work on what a later version of the program has written. */
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
