import type { Sent } from "./dirty-keys.ts";
import { noteWritten, saveBatch } from "./save.ts";
import { answer, type Session } from "./session.ts";

/** How many commits are under way at once: a Worker has six connections. */
export const COMMITS_AT_ONCE = 6;

/**
 * Sends each document of a batch in a commit of its own, all at once, to a storage that takes one at a time and where
 * the last write wins. Those that it takes are saved, whatever becomes of the others.
 *
 * @throws what the first of them fails with that is not saved.
 */
export async function saveEach(session: Session, batch: readonly Sent[]): Promise<readonly []> {
  // Whoever else writes to the adapter has to know at once, not when it is this batch's turn.
  noteWritten(session, batch);
  const results = await session.lane.run(() => {
    return Promise.allSettled(batch.map((sent) => saveBatch(session, [sent], answer)));
  });
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return [];
}
