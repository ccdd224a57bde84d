import type { Entry, Key } from "../adapter.ts";
import { UnreadableEntryError } from "../errors.ts";
import { pauseAfter } from "./backoff.ts";
import { within } from "./clock.ts";
import type { FollowedCollection } from "./followed-collection.ts";
import { load } from "./load.ts";
import { notify, report, type Session } from "./session.ts";

const BATCH = 1_000;

/** Entries that were read before the end, or before storage failed. */
interface Batch {
  readonly entries: readonly Entry[];
  readonly isLast: boolean;
  readonly error?: unknown;
}

/**
 * Puts the documents of storage into a collection, batch by batch. What was changed, deleted or cleared in memory
 * since `persist` was called stays so. A storage that fails, or does not answer, is asked again for the rest.
 *
 * @throws what storage fails with, after `retry.attempts`.
 */
export async function hydrate(session: Session, collection: FollowedCollection): Promise<void> {
  const { adapter, clock, retry, options } = session;
  const { name } = collection;
  const limit = { clock, milliseconds: retry.timeout, name: adapter.name };
  let after: Key | undefined;
  let loaded = 0;

  /** Reads until the end, or answers false where an entry has to be skipped. */
  async function readOn(): Promise<boolean> {
    const list = adapter.list(name, after === undefined ? {} : { after })[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { entries, isLast, error } = await within(nextBatch(list), limit);
        after = entries.at(-1)?.key ?? after;
        loaded += entries.length;
        await load(session, collection, entries);
        notify(session, options.onProgress, { collection: name, loaded, done: isLast });
        if (error instanceof UnreadableEntryError) {
          report(session, error, { collection: name, key: error.key });
          after = error.key;
          return false;
        }
        if (error !== undefined) throw error;
        if (isLast || collection.mustClear || session.stopped) return true;
      }
    } finally {
      // A list that hangs cannot even be ended, so nobody waits for that.
      list.return?.().catch(() => {});
    }
  }

  while (!await repeated(session, readOn));
}

async function nextBatch(list: AsyncIterator<Entry>): Promise<Batch> {
  const entries: Entry[] = [];
  try {
    while (entries.length < BATCH) {
      const { done, value } = await list.next();
      if (done) return { entries, isLast: true };
      entries.push(value);
    }
    return { entries, isLast: false };
  } catch (error) {
    return { entries, isLast: false, error };
  }
}

/** Makes a call until it succeeds, with pauses, up to the number of attempts. */
export async function repeated<T>(session: Session, work: () => Promise<T>): Promise<T> {
  const { retry, random, pause } = session;
  for (let failures = 1;; failures++) {
    try {
      return await work();
    } catch (error) {
      report(session, error, { failures });
      if (failures >= retry.attempts || session.stopped) throw error;
    }
    await pause.wait(pauseAfter(failures, { ...retry, random }));
  }
}
