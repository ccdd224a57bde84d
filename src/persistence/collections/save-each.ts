import type { Sent } from "./dirty-keys.ts";
import { referenceTo } from "./followed-collection.ts";
import type { DocumentReference } from "./options.ts";
import { refusalsOf } from "./refusal.ts";
import type { Reporter } from "./reporter.ts";
import type { Saver } from "./saver.ts";
import type { StorageCalls } from "./storage-calls.ts";

/** How many commits are under way at once: a Worker has six connections. */
export const commitsAtOnce = 6;

/** A commit of one document that failed with its `cause`. */
class FailedCommit extends Error {
  readonly document: DocumentReference;

  constructor({ sent, error }: { readonly sent: Sent; readonly error: unknown }) {
    super("Cannot save a document", { cause: error });
    this.document = referenceTo(sent.dirty);
  }
}

/** Returns the error that was thrown, and the document if it is about one. */
export function failureOf(thrown: unknown): { error: unknown; document?: DocumentReference } {
  if (!(thrown instanceof FailedCommit)) return { error: thrown };
  return { error: thrown.cause, document: thrown.document };
}

/**
 * Sends each document of a batch in a commit of its own, all at once, to a storage that takes one at a time and where
 * the last write wins. The documents that it takes are saved, whatever becomes of the others.
 *
 * @throws what the first document that is not saved fails with, for `failureOf`; the other errors are reported.
 */
export async function saveEach(
  batch: readonly Sent[],
  { saver, storage, reporter }: {
    readonly saver: Saver;
    readonly storage: StorageCalls;
    readonly reporter: Reporter;
  },
): Promise<readonly []> {
  // Others who write to the adapter have to know at once, not when it is this batch's turn.
  saver.noteWritten(batch);
  const results = await storage.takeTurn(() => {
    return Promise.allSettled(batch.map((sent) => saver.saveAtOnce([sent])));
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
    if (!first.isRefused || !isRefused) reporter.report(error, referenceTo(sent.dirty));
  }
  throw new FailedCommit(first);
}
