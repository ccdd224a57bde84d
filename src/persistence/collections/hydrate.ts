import type { Entry, Key } from "../adapter.ts";
import { UnreadableEntryError } from "../errors.ts";
import { pauseAfter } from "./backoff.ts";
import type { FollowedCollection } from "./followed-collection.ts";
import { load } from "./load.ts";
import { notify, report, type Session } from "./session.ts";

const BATCH = 1_000;

/**
 * Puts the documents of storage into a collection, batch by batch. What was changed, deleted or cleared in memory
 * since `persist` was called stays so. A storage that fails is asked again for the rest.
 *
 * @throws what storage fails with, after `retry.attempts`.
 */
export async function hydrate(session: Session, collection: FollowedCollection): Promise<void> {
  const { adapter, options } = session;
  let after: Key | undefined;
  let batch: Entry[] = [];
  let loaded = 0;

  async function flush(isDone: boolean): Promise<void> {
    const entries = batch;
    batch = [];
    loaded += entries.length;
    await load(session, collection, entries);
    notify(session, options.onProgress, { collection: collection.name, loaded, done: isDone });
  }

  async function readOn(): Promise<void> {
    for await (const entry of adapter.list(collection.name, after === undefined ? {} : { after })) {
      after = entry.key;
      if (batch.push(entry) >= BATCH) await flush(false);
      if (collection.mustClear || session.stopped) return;
    }
  }

  for (let isRead = false; !isRead;) {
    isRead = await repeated(session, async () => {
      try {
        await readOn();
        return true;
      } catch (error) {
        if (!(error instanceof UnreadableEntryError)) throw error;
        report(session, error, { collection: collection.name, key: error.key });
        after = error.key;
        return false;
      }
    });
  }
  await flush(true);
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
