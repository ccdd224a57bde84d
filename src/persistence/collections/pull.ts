import { equal } from "../../shared/equal.ts";
import type { Backlog } from "./backlog.ts";
import { referenceTo } from "./followed-collection.ts";
import type { Memory } from "./memory.ts";
import type { Pull } from "./pulls.ts";
import { type Found, readDocument } from "./read-document.ts";
import type { Reporter } from "./reporter.ts";
import type { StorageCalls } from "./storage-calls.ts";
import type { StorageEpoch } from "./storage-epoch.ts";

/** Options of {@link pull}. */
export interface PullOptions {
  readonly storage: StorageCalls;
  readonly memory: Memory;
  readonly backlog: Backlog;
  readonly reporter: Reporter;
  readonly epoch: StorageEpoch;
}

/**
 * Reads documents and puts into memory what storage has, except where memory has been changed meanwhile.
 *
 * @throws what storage fails with, and a `StorageClearedError` when there are changes because it was cleared.
 */
export async function pull(pulls: readonly Pull[], options: PullOptions): Promise<readonly []> {
  const { storage, backlog, epoch } = options;
  const found = await storage.call(async (adapter) => {
    const all = await Promise.all(pulls.map((wanted) => readDocument(wanted, adapter)));
    if (all.some((each) => isChanged(each, storage))) await epoch.compare(adapter);
    return all;
  });
  apply(found.filter((each) => isUsable(each, options) && isNews(each, options)), options);
  backlog.pulls.done(pulls);
  return [];
}

/** Returns whether what was found can be used; reports why not. */
function isUsable({ collection, key, error }: Found, { reporter }: PullOptions): boolean {
  if (error === undefined) return true;
  collection.known.markUnreadable(key);
  reporter.report(error, referenceTo({ collection, key }));
  return false;
}

/** Returns whether memory is still followed, has no change of its own to write, and storage has another version. */
function isNews({ collection, key, entry }: Found, { storage, backlog }: PullOptions): boolean {
  if (storage.isClosed || collection.mustClear) return false;
  if (backlog.dirty.get(collection, key) !== undefined) return false;
  return isChanged({ collection, key, entry }, storage);
}

/** Returns whether storage has another version than the one that is known, as far as there are versions. */
function isChanged(
  { collection: { known }, key, entry }: Pick<Found, "collection" | "key" | "entry">,
  { isConditional }: StorageCalls,
): boolean {
  return !isConditional || known.versionOf(key) !== entry?.version;
}

function apply(news: readonly Found[], options: PullOptions): void {
  const { memory, reporter } = options;
  const isSame = ({ collection, key, document }: Found) => equal(collection.get(key), document);
  try {
    memory.write(news.filter((each) => !isSame(each)));
    for (const { collection, key, entry } of news) collection.known.learn(key, entry);
  } catch (error) {
    if (news.length === 1) reporter.report(error, referenceTo(news[0]!));
    else for (const each of news) apply([each], options);
  }
}
