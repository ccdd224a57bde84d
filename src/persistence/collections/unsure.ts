import { equal } from "../../shared/equal.ts";
import type { DirtyKey, Sent } from "./dirty-keys.ts";
import type { StoredDocument } from "./options.ts";
import type { Session } from "./session.ts";

/** So many states of one document are sent without an answer, and remembered, before the last of them is repeated. */
const MOST_STATES = 4;

/** Storage may hold this of a document, although it did not say so; `undefined` for no document. */
export function noteUnsure(
  { conditional }: Session,
  dirty: DirtyKey,
  document: StoredDocument | undefined,
): void {
  // Where the last write wins, nothing is compared with what storage has: it counts only that there may be something.
  if (!conditional) dirty.unsure = [document];
  else if (!dirty.unsure.some((sent) => equal(sent, document))) dirty.unsure.push(document);
}

/**
 * What to send of a document: its newest state, or, while too many others may be what storage has, one of those. With
 * each new state there would be one more to remember for as long as storage cannot be reached.
 */
export function toSend(
  { conditional }: Session,
  dirty: DirtyKey,
  newest: StoredDocument | undefined,
): Sent {
  const { revision, unsure } = dirty;
  const isNoMore = !conditional || unsure.length < MOST_STATES ||
    unsure.some((sent) => equal(sent, newest));
  if (isNoMore) return { dirty, revision, document: newest };
  const earlier = unsure.findLast((sent) => sent !== undefined);
  return { dirty, revision, document: earlier, isEarlier: true };
}
