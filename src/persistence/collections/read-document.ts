import { describeKey } from "../../shared/key.ts";
import { own } from "../../shared/own.ts";
import type { Adapter, Entry, Key } from "../adapter/adapter.ts";
import { UnreadableEntryError } from "../adapter/errors.ts";
import type { FollowedCollection, FollowedDocument } from "./followed-collection.ts";
import type { StoredDocument } from "./options.ts";
import type { Pull } from "./pulls.ts";
import { documentOf, hasKey } from "./schema-version.ts";

/** What storage has under a key. */
export interface Found extends FollowedDocument {
  readonly entry: Entry | undefined;
  readonly document: StoredDocument | undefined;
  /** Why the entry cannot be used. */
  readonly error: unknown;
}

/**
 * Reads what storage has under a key, unless that was just listed, in today's schema version. An entry that cannot be
 * used is a result.
 *
 * @throws what storage fails with.
 */
export async function readDocument(
  wanted: FollowedDocument & Pick<Pull, "entry">,
  adapter: Adapter,
): Promise<Found> {
  const { collection, key, entry: listed } = own(wanted);
  let entry: Entry | undefined;
  try {
    entry = listed ?? await adapter.get(collection.name, key);
    const document = entry && await documentOf(entry, collection);
    if (entry !== undefined) assertOwnKey(document, key, collection);
    return { collection, key, entry, document, error: undefined };
  } catch (error) {
    if (entry === undefined && !(error instanceof UnreadableEntryError)) throw error;
    return { collection, key, entry, document: undefined, error };
  }
}

/**
 * Makes sure that a document has the primary key under which it is stored: memory knows no other place for it.
 *
 * @throws {TypeError} if it does not.
 */
export function assertOwnKey(document: unknown, key: Key, collection: FollowedCollection): void {
  if (hasKey(document, key, collection)) return;
  const { name, primaryKey } = collection;
  throw new TypeError(
    `Cannot use what is there for ${name}/${
      describeKey(key)
    }: it is not a document with this ${primaryKey}; give it one`,
  );
}
