import type { DirtyKey, Sent } from "./dirty-keys.ts";
import { identity } from "./identity.ts";
import type { Session } from "./session.ts";
import { toSend } from "./unsure.ts";

/** The next documents to send, as they are now: at most so many of those that changed up to a revision and can be sent. */
export function takeBatch(
  session: Session,
  { limit, revision }: { readonly limit: number; readonly revision: number },
): Sent[] {
  const { dirty, pace, clock, isOneByOne } = session;
  const batch: Sent[] = [];
  const now = clock.now();
  for (const each of dirty.due(revision)) {
    // Storage does not take it yet, or has to be cleared before.
    if (each.collection.mustClear || pace.waitFor(each.collection.name, each.key, now) > 0) {
      continue;
    }
    const document = each.collection.get(each.key);
    if (document === undefined && !mayBeStored(each)) {
      dirty.remove(each);
      continue;
    }
    const sent = toSend(session, each, document);
    // What moved to another key must not be gone from the first before it is there.
    if (isOneByOne && batch.length > 0 && isDeletion(sent) !== isDeletion(batch[0]!)) break;
    if (batch.push(sent) >= limit) break;
  }
  return batch;
}

/** Whether storage may hold something of a document: not where it was added and deleted before it was ever sent. */
function mayBeStored({ collection, key, base, unsure }: DirtyKey): boolean {
  return base !== undefined || unsure.length > 0 || collection.unreadable.has(identity(key));
}

function isDeletion({ document }: Sent): boolean {
  return document === undefined;
}
