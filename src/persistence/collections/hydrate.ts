import { backoff } from "../../shared/clock.ts";
import type { Key } from "../adapter/adapter.ts";
import { UnreadableEntryError } from "../adapter/errors.ts";
import { Batches } from "./batches.ts";
import type { FollowedCollection } from "./followed-collection.ts";
import { identity } from "./identity.ts";
import { load } from "./load.ts";
import type { PersistErrorContext } from "./options.ts";
import { DowngradeError } from "./schema-version.ts";
import { call, notify, report, type Session } from "./session.ts";

/**
 * Puts the documents of storage into a collection, batch by batch. What was changed, deleted or cleared in memory
 * since `persist` was called stays so. A storage that fails, or does not answer, is asked again for the rest.
 *
 * @throws what storage fails with, after `retry.attempts`.
 */
export async function hydrate(session: Session, collection: FollowedCollection): Promise<void> {
  const { options } = session;
  const { name } = collection;
  const onUnreadable = (error: UnreadableEntryError) => {
    if (error.key !== undefined) collection.unreadable.add(identity(error.key));
    report(session, error, contextOf(error));
  };
  let after: Key | undefined;
  let loaded = 0;

  /** Reads until the end, or answers false where an entry has to be skipped. */
  async function readOn(): Promise<boolean> {
    const from = after === undefined ? {} : { after };
    const batches = new Batches(session, name, { ...from, onUnreadable });
    try {
      for (;;) {
        const { entries, isLast, error } = await batches.next();
        after = entries.at(-1)?.key ?? after;
        loaded += entries.length;
        await load(session, collection, entries);
        const done = isLast || collection.mustClear;
        notify(session, options.onProgress, { collection: name, loaded, total, done });
        if (done || session.stopped) return true;
        // Somebody else's adapter may know nothing of onUnreadable.
        if (error instanceof UnreadableEntryError && error.key !== undefined) {
          onUnreadable(error);
          after = error.key;
          return false;
        }
        if (error !== undefined) throw error;
      }
    } finally {
      batches.end();
    }
  }

  const total = await countOf(session, collection);
  while (!await repeated(session, readOn, () => loaded));
  collection.isPartlyRead = collection.mustClear;
}

/** How many documents there are, if somebody wants to know and the adapter can tell without reading them. */
async function countOf(
  session: Session,
  { name }: FollowedCollection,
): Promise<number | undefined> {
  const { adapter, options } = session;
  if (options.onProgress === undefined || adapter.count === undefined) return undefined;
  try {
    return await call(session, () => adapter.count!(name));
  } catch (error) {
    if (!session.stopped) report(session, error, { collection: name });
    return undefined;
  }
}

function contextOf({ type, key }: UnreadableEntryError): PersistErrorContext {
  return key === undefined ? { collection: type } : { collection: type, key };
}

/**
 * Makes a call until it succeeds, with pauses, up to the number of attempts in a row: those since `progress`, where
 * a call that fails gets somewhere all the same, last grew.
 */
export async function repeated<T>(
  session: Session,
  work: () => Promise<T>,
  progress: () => number = () => 0,
): Promise<T> {
  const { retry, random, pause } = session;
  for (let failures = 1;; failures++) {
    const before = progress();
    try {
      return await work();
    } catch (error) {
      if (session.stopped || isPermanent(error)) throw error;
      if (progress() > before) failures = 1;
      report(session, error, { failures });
      if (failures >= retry.attempts) throw error;
    }
    await pause.wait(backoff(failures, { ...retry, random }));
  }
}

/** Whether the same call would fail in the same way again. */
function isPermanent(error: unknown): boolean {
  return error instanceof DowngradeError || error instanceof UnreadableEntryError;
}
