import { equal } from "../../shared/equal.ts";
import type { Entry, Key } from "../adapter/adapter.ts";
import type { FollowedCollection } from "./followed-collection.ts";
import { identity } from "./identity.ts";
import type { StoredDocument } from "./options.ts";
import { type OwnWrite, putOwn, writeOwn } from "./own-writes.ts";
import { documentOf, hasKey, isOfToday, migrated } from "./schema-version.ts";
import { addressOf, learn, report, type Session } from "./session.ts";
import { noteUnsure } from "./unsure.ts";

/** An entry and the document that it holds, in today's version. */
interface Loaded extends OwnWrite {
  readonly entry: Entry;
  readonly document: StoredDocument;
}

/** Puts entries that were listed into memory, except where it has something newer. */
export async function load(
  session: Session,
  collection: FollowedCollection,
  entries: readonly Entry[],
): Promise<void> {
  if (session.stopped || collection.mustClear || putAsTheyAre(session, collection, entries)) return;
  const loaded: Loaded[] = [];
  for (const entry of entries) {
    try {
      const document = documentOf(entry, collection, session);
      // Most need no migration, and waiting for each would cost more than reading it.
      const today = document instanceof Promise ? await document : document;
      loaded.push({ collection, key: entry.key, document: today, entry });
    } catch (error) {
      leave(session, collection, { entry, error });
    }
  }
  const clean = loaded.filter((each) => !keepLocal(session, collection, each));
  if (put(session, collection, clean)) return;
  for (const each of clean) await putAlone(session, collection, each);
}

/** Puts documents that need no second look into memory, as most do, or answers false if they are not all like that. */
function putAsTheyAre(
  session: Session,
  collection: FollowedCollection,
  entries: readonly Entry[],
): boolean {
  const { dirty } = collection;
  for (const entry of entries) {
    if (!isOfToday(entry, collection) || !hasKey(entry.value, entry.key, collection)) return false;
    if (dirty.size > 0 && dirty.has(identity(entry.key))) return false;
  }
  try {
    putOwn(session.target, collection, entries);
  } catch {
    return false;
  }
  for (const entry of entries) learn(session, { collection, key: entry.key }, entry);
  return true;
}

/** Whether memory has something newer than an entry, or is followed no more; notes what that started from. */
function keepLocal(
  session: Session,
  collection: FollowedCollection,
  { entry, document }: Pick<Loaded, "entry" | "document">,
): boolean {
  if (session.stopped || collection.mustClear) return true;
  const dirty = collection.dirty.get(identity(entry.key));
  if (dirty === undefined) return false;
  learn(session, dirty, entry);
  dirty.base = document;
  if (document === entry.value && equal(collection.get(entry.key), document)) {
    session.dirty.remove(dirty);
  }
  return true;
}

/** Puts documents into memory, or answers false if it does not take them all. */
function put(
  session: Session,
  collection: FollowedCollection,
  loaded: readonly Loaded[],
): boolean {
  if (!loaded.every(({ entry, document }) => hasKey(document, entry.key, collection))) return false;
  try {
    writeOwn(session.target, loaded);
  } catch {
    return false;
  }
  for (const each of loaded) {
    learn(session, each, each.entry);
    if (each.document !== each.entry.value) markMigrated(session, collection, each);
  }
  return true;
}

/** Puts a document that may be the one that does not fit, if need be after migrating it. */
async function putAlone(
  session: Session,
  collection: FollowedCollection,
  loaded: Loaded,
): Promise<void> {
  const { entry } = loaded;
  // Others were waited for since memory was last compared.
  if (keepLocal(session, collection, loaded) || put(session, collection, [loaded])) return;
  try {
    const document = await migrated(entry, collection, session);
    if (keepLocal(session, collection, { entry, document })) return;
    move(session, collection, { entry, document });
  } catch (error) {
    leave(session, collection, { entry, error });
  }
}

/** Puts a document that was migrated, which may have another key than its entry. */
function move(
  session: Session,
  collection: FollowedCollection,
  { entry, document }: Pick<Loaded, "entry" | "document">,
): void {
  const key = document[collection.primaryKey] as Key;
  const isMoved = !hasKey(document, entry.key, collection);
  if (isMoved && collection.get(key) !== undefined) {
    throw new Error(
      `Cannot read ${collection.name}: migrate gave two documents the same ${collection.primaryKey}; keep them apart`,
    );
  }
  writeOwn(session.target, [{ collection, key, document }]);
  learn(session, { collection, key: entry.key }, entry);
  markMigrated(session, collection, { key, document: isMoved ? undefined : document });
  if (isMoved) {
    markMigrated(session, collection, {
      key: entry.key,
      document: entry.value as StoredDocument,
    });
  }
}

/** What was migrated is written back, unless an observer has changed it already and it will be anyway. */
function markMigrated(
  { dirty }: Session,
  collection: FollowedCollection,
  { key, document }: { readonly key: Key; readonly document: StoredDocument | undefined },
): void {
  if (!collection.dirty.has(identity(key))) dirty.add(collection, key, document);
}

/** A document that cannot be used stays in storage, until somebody writes another one under its key. */
function leave(
  session: Session,
  collection: FollowedCollection,
  { entry, error }: { readonly entry: Entry; readonly error: unknown },
): void {
  learn(session, { collection, key: entry.key }, entry);
  // A deletion here is meant for what storage has, even though memory never had it.
  const dirty = collection.dirty.get(identity(entry.key));
  if (dirty !== undefined) noteUnsure(session, dirty, entry.value as StoredDocument);
  report(session, error, addressOf({ collection, key: entry.key }));
}
