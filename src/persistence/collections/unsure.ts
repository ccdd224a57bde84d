import { equal } from "../../shared/equal.ts";
import type { DirtyKey, Sent } from "./dirty-keys.ts";
import type { StoredDocument } from "./options.ts";

/** At most this many states of a document are sent without an answer, and remembered; then one of them is repeated. */
const mostStates = 4;

/** Notes what storage may hold of a document without having said so; `undefined` for no document. */
export function noteUnsure(dirty: DirtyKey, document: StoredDocument | undefined): void {
  // Where the last write wins, nothing is compared with storage: all that counts is that it may hold something.
  if (!dirty.collection.known.isConditional) dirty.unsure = [document];
  else if (!dirty.unsure.some((sent) => equal(sent, document))) dirty.unsure.push(document);
}

/**
 * Returns what to send of a document: its newest state, or, while storage may hold too many others, one of those.
 * Otherwise there would be one more to remember with each new state, for as long as storage cannot be reached.
 */
export function toSend(dirty: DirtyKey, newest: StoredDocument | undefined): Sent {
  const { change, unsure, collection } = dirty;
  const isNoMore = !collection.known.isConditional || unsure.length < mostStates ||
    unsure.some((sent) => equal(sent, newest));
  if (isNoMore) return { dirty, change, document: newest, isEarlier: false };
  const earlier = unsure.findLast((sent) => sent !== undefined);
  return { dirty, change, document: earlier, isEarlier: true };
}
