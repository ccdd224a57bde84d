import { describeKey } from "../../shared/key.ts";
import type { Entry, Key } from "../adapter/adapter.ts";
import { UnreadableEntryError } from "../adapter/errors.ts";
import type { FollowedCollection } from "./followed-collection.ts";
import type { StoredDocument } from "./options.ts";
import { documentOf, hasKey } from "./schema-version.ts";
import type { Session } from "./session.ts";

/** What storage has under a key. */
export interface Found {
  readonly collection: FollowedCollection;
  readonly key: Key;
  readonly entry: Entry | undefined;
  readonly document: StoredDocument | undefined;
  /** Why there is something that cannot be used. */
  readonly error: unknown;
}

/**
 * Reads what storage has under a key, in today's schema version.
 *
 * @throws what storage fails with; an entry that cannot be used is an answer.
 */
export async function readDocument(
  session: Session,
  { collection, key }: { readonly collection: FollowedCollection; readonly key: Key },
): Promise<Found> {
  let entry: Entry | undefined;
  try {
    entry = await session.adapter.get(collection.name, key);
    const document = entry && await documentOf(entry, collection, session);
    if (entry !== undefined) assertKey(document, key, collection);
    return { collection, key, entry, document, error: undefined };
  } catch (error) {
    if (entry === undefined && !(error instanceof UnreadableEntryError)) throw error;
    return { collection, key, entry, document: undefined, error };
  }
}

/**
 * Makes sure that a document stands under its own key, as memory knows no other place for it.
 *
 * @throws {TypeError} if it does not.
 */
export function assertKey(document: unknown, key: Key, collection: FollowedCollection): void {
  if (hasKey(document, key, collection)) return;
  const { name, primaryKey } = collection;
  throw new TypeError(
    `Cannot use what is there for ${name}/${
      describeKey(key)
    }: it is no document with this ${primaryKey}; give it one`,
  );
}
