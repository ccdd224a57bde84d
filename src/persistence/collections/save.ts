import type { Key, Version, Write } from "../adapter/adapter.ts";
import { ConflictError, StorageLimitError } from "../adapter/errors.ts";
import { settleConflicts } from "./conflicts.ts";
import type { DirtyKey, Sent } from "./dirty-keys.ts";
import type { FollowedCollection } from "./followed-collection.ts";
import { identity } from "./identity.ts";
import { type Refusal, refusalsOf } from "./refusal.ts";
import { metadataOf } from "./schema-version.ts";
import { addressOf, call, learn, notify, type Session } from "./session.ts";
import { noteUnsure } from "./unsure.ts";

/** A collection that is cleared, and the change that did it. */
export interface Clearing {
  readonly collection: FollowedCollection;
  readonly revision: number;
}

/**
 * Sends a batch, and settles the conflicts that it meets: what they leave to write is still dirty after that, and
 * what cannot be settled is returned. `reach` makes the call to storage.
 */
export async function saveBatch(
  session: Session,
  batch: readonly Sent[],
  reach: typeof call = call,
): Promise<readonly Refusal[]> {
  const { adapter, conditional } = session;
  let versions: readonly (Version | null)[];
  noteWritten(session, batch);
  try {
    versions = await reach(
      session,
      () => adapter.commit(batch.map((sent) => writeOf(sent, conditional))),
      () => rewrite(session, batch.map(({ dirty, document }) => ({ ...dirty, document }))),
    );
  } catch (error) {
    // Even a conflict may be with the write itself, where a driver repeats a request that got through.
    if (mayBeWritten(batch, error)) {
      for (const { dirty, document } of batch) {
        noteUnsure(session, dirty, document);
        dirty.overwrites = false;
      }
    }
    if (conditional && error instanceof ConflictError) {
      return await settleConflicts(session, batch, error);
    }
    throw error;
  } finally {
    noteWritten(session, batch);
  }
  for (const [index, sent] of batch.entries()) {
    const version = versions[index] ?? undefined;
    learn(session, sent.dirty, version === undefined ? undefined : { version });
    session.dirty.acknowledge(sent);
  }
  tell(session, batch.map((sent) => sent.dirty));
  return [];
}

/** Removes all that storage has of a collection that was cleared. */
export async function saveClear(
  session: Session,
  { collection, revision }: Clearing,
): Promise<readonly []> {
  const { adapter, dirty, pace, clock } = session;
  const before = [...collection.dirty.values()];
  pace.cleared(collection.name, clock.now());
  try {
    await call(
      session,
      () => adapter.clear(collection.name),
      () =>
        rewrite(
          session,
          collection.keys().map((key) => ({ collection, key, document: undefined })),
        ),
    );
  } finally {
    pace.cleared(collection.name, clock.now());
  }
  // It may have been cleared once more, after something of somebody else's had come in.
  if (collection.cleared === revision) collection.cleared = undefined;
  collection.isPartlyRead = false;
  collection.versions.clear();
  collection.unreadable.clear();
  for (const each of [...collection.dirty.values()]) {
    each.base = undefined;
    each.unsure = [];
    if (collection.get(each.key) === undefined) dirty.remove(each);
  }
  tell(session, before.filter((each) => !collection.dirty.has(identity(each.key))));
  return [];
}

/** Before a call, so that others wait, and after it, as the platform counts from somewhere in between. */
export function noteWritten({ pace, clock }: Session, batch: readonly Sent[]): void {
  const now = clock.now();
  for (const { dirty: { collection, key } } of batch) pace.wrote(collection.name, key, now);
}

/** Storage has acknowledged these documents. */
function tell(session: Session, saved: readonly DirtyKey[]): void {
  const { clock, dirty, options } = session;
  session.lastSaved = clock.now();
  if (options.onSaved === undefined) return;
  notify(session, options.onSaved, { documents: saved.map(addressOf), pending: dirty.size });
}

function writeOf(
  { dirty: { collection, key, overwrites }, document }: Sent,
  conditional: boolean,
): Write {
  const { name: type } = collection;
  const condition = conditional && !overwrites
    ? { ifVersion: collection.versions.get(identity(key)) ?? null }
    : {};
  return document === undefined
    ? { type, key, delete: true, ...condition }
    : { type, key, value: document, ...metadataOf(collection), ...condition };
}

/** Whether a commit that failed may have written something: not where it failed for what was to be written. */
function mayBeWritten(batch: readonly Sent[], error: unknown): boolean {
  return !(error instanceof StorageLimitError) && refusalsOf(batch, error).length === 0;
}

/** A call that was given up has ended after all, and may have overtaken later ones: writes the newest again. */
function rewrite(
  session: Session,
  sent: Iterable<{ collection: FollowedCollection; key: Key; document: Sent["document"] }>,
): void {
  const { dirty, pace, clock, wake } = session;
  if (session.stopped) return;
  for (const { collection, key, document } of sent) {
    pace.wrote(collection.name, key, clock.now());
    const known = collection.dirty.get(identity(key));
    if (known !== undefined) dirty.touch(known);
    noteUnsure(session, known ?? dirty.add(collection, key, collection.get(key)), document);
  }
  wake();
}
