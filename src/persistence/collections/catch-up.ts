import type { Key, ListOptions } from "../adapter/adapter.ts";
import { UnreadableEntryError } from "../adapter/errors.ts";
import { Batches } from "./batches.ts";
import { identity } from "./identity.ts";
import { pull, type PullOptions } from "./pull.ts";
import type { Behind } from "./pulls.ts";

/**
 * Lists the next entries of a collection, and takes into memory those whose versions are not the known ones. After the
 * last, has the documents that were not listed read again, as they may be gone.
 *
 * It reads one batch, so what is changed here meanwhile is written between two.
 *
 * @throws what storage fails with, and a `StorageClearedError` when there are changes because it was cleared.
 */
export async function catchUp(behind: Behind, options: PullOptions): Promise<readonly []> {
  const { collection, collection: { name, known }, listed, after } = behind;
  const { storage, backlog: { pulls } } = options;
  const range: ListOptions = after === undefined ? {} : { after };
  const batches = new Batches(storage, name, { ...range, onUnreadable: skip });
  const { entries, isLast, error } = await batches.next();
  batches.end();

  function skip({ key }: UnreadableEntryError): void {
    if (key === undefined) return;
    listed.add(identity(key));
    // What has not been reported yet will be.
    if (!known.isUnreadable(key)) pulls.add({ collection, key });
  }

  const changed = entries.filter(({ key, version }) => {
    listed.add(identity(key));
    // What somebody has asked for may be newer than what was listed.
    return known.versionOf(key) !== version && pulls.unsureOf(collection, key) === undefined;
  });
  behind.after = entries.at(-1)?.key ?? after;
  if (isLast) {
    const isGone = (key: Key) => known.versionOf(key) !== undefined && !listed.has(identity(key));
    for (const key of collection.keys()) if (isGone(key)) pulls.add({ collection, key });
    pulls.behind.delete(behind);
  }
  await pull(
    changed.map((entry) => ({ ...pulls.add({ collection, key: entry.key }), entry })),
    options,
  );
  // Somebody else's adapter may know nothing of onUnreadable.
  if (error instanceof UnreadableEntryError && error.key !== undefined) {
    skip(error);
    behind.after = error.key;
  } else if (error !== undefined) throw error;
  return [];
}
