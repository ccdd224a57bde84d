import type { Backlog } from "./backlog.ts";
import type { DirtyKey, Sent } from "./dirty-keys.ts";
import type { StorageCalls } from "./storage-calls.ts";
import { toSend } from "./unsure.ts";

/** Options of {@link takeBatch}. */
export interface BatchOptions {
  readonly storage: StorageCalls;
  /** How many documents it takes at most. */
  readonly limit: number;
  /** The last change that it takes. */
  readonly upTo: number;
}

/** Takes the next documents that storage can take, as they are now. */
export function takeBatch(
  { dirty, journal }: Backlog,
  { storage: { pace, clock, isOneByOne }, limit, upTo }: BatchOptions,
): Sent[] {
  const batch: Sent[] = [];
  const now = clock.now();
  for (const each of dirty.due(upTo)) {
    // Storage does not take it yet, or has to be cleared before.
    if (each.collection.mustClear || pace.waitFor(each.collection.name, each.key, now) > 0) {
      continue;
    }
    const document = each.collection.get(each.key);
    // What was noted may have been taken up by another page.
    const isNoted = (journal?.documentsOf(each) ?? []).length > 1;
    if (document === undefined && !isNoted && !mayBeStored(each)) {
      dirty.remove(each);
      continue;
    }
    const sent = toSend(each, document);
    // What moved to another key must not be gone from the first before it is at the second.
    if (isOneByOne && batch.length > 0 && isDeletion(sent) !== isDeletion(batch[0]!)) break;
    if (batch.push(sent) >= limit) break;
  }
  return batch;
}

/** Returns whether storage may hold a document: not if it was added and deleted before it was ever sent. */
function mayBeStored({ collection, key, base, unsure }: DirtyKey): boolean {
  return base !== undefined || unsure.length > 0 || collection.known.isUnreadable(key);
}

function isDeletion({ document }: Sent): boolean {
  return document === undefined;
}
