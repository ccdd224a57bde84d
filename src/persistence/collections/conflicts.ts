import { equal } from "../../shared/equal.ts";
import { describeKey } from "../../shared/key.ts";
import type { ConflictError } from "../adapter/errors.ts";
import type { DirtyKey, Sent } from "./dirty-keys.ts";
import { identity } from "./identity.ts";
import { mergeFields } from "./merge.ts";
import type { Conflict, StoredDocument } from "./options.ts";
import { writeOwn } from "./own-writes.ts";
import { assertKey, type Found, readDocument } from "./read-document.ts";
import type { Refusal } from "./refusal.ts";
import { DowngradeError } from "./schema-version.ts";
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
    () => Promise.all(sent.map(({ dirty }) => readDocument(session, dirty))),
  );
  const refusals: Refusal[] = [];
  let isExplained = false;
  for (const [index, { dirty, revision }] of sent.entries()) {
    const theirs = found[index]!;
    if (isAsKnown(theirs)) continue;
    isExplained = true;
    try {
      if (theirs.error !== undefined) overwrite(session, dirty, theirs);
      else await settle(session, dirty, theirs);
    } catch (error) {
      refusals.push({ dirty, revision, error });
    }
  }
  if (!isExplained) throw conflict;
  return refusals;
}

/** Whether it is what was last known: then it is no part of the conflict. */
function isAsKnown({ collection, key, entry, error }: Found): boolean {
  if (entry === undefined && error !== undefined) return false;
  return entry?.version === collection.versions.get(identity(key));
}

/**
 * There is nothing to merge with in an entry that cannot be used: it is written over.
 *
 * @throws the error where nobody has been told of it yet, or a later version of the program can use it.
 */
function overwrite(session: Session, dirty: DirtyKey, { entry, error }: Found): void {
  const { collection: { unreadable }, key } = dirty;
  const isTold = unreadable.has(identity(key));
  unreadable.add(identity(key));
  if (!isTold || error instanceof DowngradeError) throw error;
  if (entry === undefined) dirty.overwrites = true;
  else learn(session, dirty, entry);
}

async function settle(
  session: Session,
  dirty: DirtyKey,
  { entry, document: theirs }: Found,
): Promise<void> {
  const { collection, key, revision, base } = dirty;
  const mine = collection.get(key);
  // A write of ours that was not acknowledged is no conflict, nor is one that changed nothing.
  const isOurs = [base, mine, ...dirty.unsure].some((known) => equal(known, theirs));
  const conflict = { ...addressOf(dirty), mine, theirs, base };
  const resolved = isOurs ? mine : await resolve(session, conflict, dirty.unsure);
  if (resolved !== undefined) assertKey(resolved, key, collection);
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
