import type { Sent } from "./dirty-keys.ts";
import { writeOwn } from "./own-writes.ts";
import type { Clearing } from "./save.ts";
import type { Session } from "./session.ts";
import { noteUnsure } from "./unsure.ts";

/**
 * Takes changes back out of memory, as one transaction that observers hear of: each document is again what
 * storage acknowledged last. Documents that have changed since stay as they are. Where a write was not answered,
 * storage may hold it, so those documents are read as soon as it can be reached.
 *
 * @throws what a collection throws that cannot take the earlier documents any more; nothing is changed then.
 */
export function revert(
  session: Session,
  sent: readonly Sent[],
  clears?: Clearing,
): void {
  // What has been cleared once more since has changed as a whole.
  if (clears !== undefined && clears.collection.cleared !== clears.revision) return;
  const unchanged = sent.filter(({ dirty, revision }) => dirty.revision === revision);
  writeOwn(
    session.target,
    unchanged.map(({ dirty: { collection, key, base } }) => ({ collection, key, document: base })),
  );
  if (clears !== undefined) {
    // An observer may have cleared it in answer.
    if (clears.collection.cleared === clears.revision) clears.collection.cleared = undefined;
    // Storage may have been cleared all the same.
    for (const { dirty } of sent) noteUnsure(session, dirty, undefined);
  }
  for (const { dirty, revision } of unchanged) {
    // An observer may have changed it in answer.
    if (dirty.revision !== revision) continue;
    session.dirty.remove(dirty);
    if (dirty.unsure.length > 0) {
      session.pulls.add(dirty.collection, dirty.key, dirty.unsure);
    }
  }
}
