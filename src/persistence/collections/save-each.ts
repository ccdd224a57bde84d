import type { Sent } from "./dirty-keys.ts";
import type { DocumentAddress } from "./options.ts";
import { refusalsOf } from "./refusal.ts";
import { noteWritten, saveBatch } from "./save.ts";
import { addressOf, answer, commits, report, type Session } from "./session.ts";

/** How many commits are under way at once: a Worker has six connections. */
export const COMMITS_AT_ONCE = 6;

/** A commit of one document that failed with its `cause`. */
class FailedCommit extends Error {
  readonly address: DocumentAddress;

  constructor({ sent, error }: { readonly sent: Sent; readonly error: unknown }) {
    super("Cannot save a document", { cause: error });
    this.address = addressOf(sent.dirty);
  }
}

/** The error that was thrown, and the address of the document where it is about one. */
export function failureOf(thrown: unknown): { error: unknown; address?: DocumentAddress } {
  if (!(thrown instanceof FailedCommit)) return { error: thrown };
  return { error: thrown.cause, address: thrown.address };
}

/**
 * Sends each document of a batch in a commit of its own, all at once, to a storage that takes one at a time and where
 * the last write wins. Those that it takes are saved, whatever becomes of the others.
 *
 * @throws what the first of them fails with that is not saved, for `failureOf`; the others are reported.
 */
export async function saveEach(session: Session, batch: readonly Sent[]): Promise<readonly []> {
  // Whoever else writes to the adapter has to know at once, not when it is this batch's turn.
  noteWritten(session, batch);
  const results = await commits.run(session.adapter, () => {
    return Promise.allSettled(batch.map((sent) => saveBatch(session, [sent], answer)));
  });
  const [first, ...others] = results.flatMap((result, index) => {
    if (result.status === "fulfilled") return [];
    const sent = batch[index]!;
    const error: unknown = result.reason;
    return [{ sent, error, isRefused: refusalsOf([sent], error).length > 0 }];
  });
  if (first === undefined) return [];
  for (const { sent, error, isRefused } of others) {
    // What storage can never take is reported when it is refused: now, or once it is the first.
    if (!first.isRefused || !isRefused) report(session, error, addressOf(sent.dirty));
  }
  throw new FailedCommit(first);
}
