import type { Entry } from "../adapter.ts";
import { type ConflictError, describeKey, UnreadableEntryError } from "../errors.ts";
import type { DirtyKey, Sent } from "./dirty-keys.ts";
import { equal } from "./equal.ts";
import { identity } from "./identity.ts";
import { mergeFields } from "./merge.ts";
import type { Conflict, StoredDocument } from "./options.ts";
import { writeOwn } from "./own-writes.ts";
import type { Refusal } from "./refusal.ts";
import { documentOf } from "./schema-version.ts";
import { addressOf, call, learn, report, type Session } from "./session.ts";

/**
 * After a commit was refused because storage is not at the versions that were known: reads what it holds, and
 * settles each document that somebody else has changed. Returns those that cannot be settled.
 *
 * @throws the conflict itself where nothing is found that explains it.
 */
export async function settleConflicts(
  session: Session,
  sent: readonly Sent[],
  conflict: ConflictError,
): Promise<Refusal[]> {
  const found = await call(
    session,
    () => Promise.all(sent.map(({ dirty }) => read(session, dirty))),
  );
  const refusals: Refusal[] = [];
  let isExplained = false;
  for (const [index, { dirty, revision }] of sent.entries()) {
    const { entry, error } = found[index]!;
    const known = dirty.collection.versions.get(identity(dirty.key));
    if (error === undefined && entry?.version === known) continue;
    isExplained = true;
    try {
      if (error !== undefined) overwrite(dirty, error);
      else await settle(session, dirty, entry);
    } catch (error) {
      refusals.push({ dirty, revision, error });
    }
  }
  if (!isExplained) throw conflict;
  return refusals;
}

async function read(
  { adapter }: Session,
  { collection, key }: DirtyKey,
): Promise<{ readonly entry?: Entry | undefined; readonly error?: UnreadableEntryError }> {
  try {
    return { entry: await adapter.get(collection.name, key) };
  } catch (error) {
    if (error instanceof UnreadableEntryError) return { error };
    throw error;
  }
}

/**
 * There is nothing to merge with in an entry that cannot be read: it is written over.
 *
 * @throws the error where nobody has been told of it yet.
 */
function overwrite(dirty: DirtyKey, error: UnreadableEntryError): void {
  const { collection: { unreadable }, key } = dirty;
  const isKnown = unreadable.has(identity(key));
  unreadable.add(identity(key));
  if (!isKnown) throw error;
  dirty.overwrites = true;
}

async function settle(session: Session, dirty: DirtyKey, entry: Entry | undefined): Promise<void> {
  const { collection, key, revision, base } = dirty;
  const mine = collection.get(key);
  const theirs = entry && await documentOf(entry, collection, session);
  // A write of ours that was not acknowledged is no conflict, nor is one that changed nothing.
  const isOurs = [base, mine, ...dirty.unsure].some((known) => equal(known, theirs));
  const conflict = { ...addressOf(dirty), mine, theirs, base };
  const resolved = isOurs ? mine : await resolve(session, conflict, dirty.unsure);
  if (session.stopped) return;
  // What was changed while the user decided is settled by the next commit, which finds the conflict again.
  if (dirty.revision !== revision || collection.dirty.get(identity(key)) !== dirty) return;
  if (!equal(resolved, mine)) writeOwn(session.target, [{ collection, key, document: resolved }]);
  learn(session, dirty, entry);
  dirty.base = theirs;
  dirty.unsure = [];
  // An observer may have changed it in answer.
  if (equal(resolved, theirs) && dirty.revision === revision) session.dirty.remove(dirty);
}

async function resolve(
  session: Session,
  conflict: Conflict,
  sent: DirtyKey["unsure"],
): Promise<StoredDocument | undefined> {
  const { onConflict } = session.options;
  if (onConflict !== undefined) return await onConflict(conflict);
  const { document, lost } = mergeFields(conflict, sent);
  const { collection, key } = conflict;
  if (lost.length > 0) {
    const what = `${lost.join(", ")} of ${collection}/${describeKey(key)}`;
    const error = new Error(
      `Cannot keep ${what}: somebody else changed it too, and theirs stays; pass onConflict to decide`,
    );
    report(session, error, { collection, key });
  }
  return document;
}
