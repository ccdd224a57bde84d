import type { Backlog } from "./backlog.ts";
import type { Sent } from "./dirty-keys.ts";
import type { Memory } from "./memory.ts";
import type { Clearing } from "./saver.ts";
import { noteUnsure } from "./unsure.ts";

/**
 * Takes changes back out of memory, as one transaction that observers hear of: each document is again what
 * storage acknowledged last. Documents that have changed since stay as they are. Where a write was not answered,
 * storage may hold it, so those documents are read as soon as storage can be reached.
 *
 * @throws what a collection throws that cannot take the earlier documents any more; nothing is changed then.
 */
export function revert(
  sent: readonly Sent[],
  { memory, backlog, clears }: {
    readonly memory: Memory;
    readonly backlog: Backlog;
    /** The clearing that is taken back with them. */
    readonly clears?: Clearing | undefined;
  },
): void {
  // What has been cleared once more since has changed as a whole.
  if (clears !== undefined && clears.collection.cleared !== clears.change) return;
  const unchanged = sent.filter(({ dirty, change }) => dirty.change === change);
  memory.write(
    unchanged.map(({ dirty: { collection, key, base } }) => ({ collection, key, document: base })),
  );
  if (clears !== undefined) {
    // An observer may have cleared it in response.
    if (clears.collection.cleared === clears.change) clears.collection.cleared = undefined;
    // Storage may have been cleared all the same.
    for (const { dirty } of sent) noteUnsure(dirty, undefined);
  }
  for (const { dirty, change } of unchanged) {
    // An observer may have changed it in response.
    if (dirty.change !== change) continue;
    backlog.dirty.remove(dirty);
    if (dirty.unsure.length > 0) backlog.pulls.add(dirty, dirty.unsure);
  }
  backlog.journal?.tidy();
}
