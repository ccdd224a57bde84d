import { memberOf, own } from "../../shared/own.ts";
import type { Key } from "../adapter/adapter.ts";
import { UnreadableEntryError } from "../adapter/errors.ts";
import type { Backlog } from "./backlog.ts";
import { Batches } from "./batches.ts";
import type { FollowedCollection } from "./followed-collection.ts";
import { Loader } from "./loader.ts";
import type { Memory } from "./memory.ts";
import type { PersistErrorContext, PersistOptions } from "./options.ts";
import type { Reporter } from "./reporter.ts";
import { checkSchemaVersion, DowngradeError } from "./schema-version.ts";
import { Interruption, type StorageCalls } from "./storage-calls.ts";

/** Options of {@link hydrate}. */
export interface HydrateOptions {
  readonly storage: StorageCalls;
  readonly memory: Memory;
  readonly backlog: Backlog;
  readonly reporter: Reporter;
  /** After how many consecutive failures it gives up. */
  readonly attempts: number;
  readonly onProgress: PersistOptions["onProgress"];
}

/**
 * Puts the documents of storage into a collection, batch by batch. What was changed, deleted or cleared in memory
 * since `persist` was called stays as it is. A storage that fails, or does not answer, is asked again for the rest.
 *
 * @throws what storage fails with, after `attempts`, and an error when storage was written by a later schema version.
 */
export async function hydrate(
  collection: FollowedCollection,
  options: HydrateOptions,
): Promise<void> {
  const { storage, reporter, onProgress } = options;
  const { name } = collection;
  const loader = new Loader(collection, options);
  let after: Key | undefined;
  let loaded = 0;

  function skip(error: UnreadableEntryError): void {
    if (error.key !== undefined) collection.known.markUnreadable(error.key);
    reporter.report(error, contextOf(error));
  }

  /** Reads until the end; returns false when an entry has to be skipped first. */
  async function readOn(): Promise<boolean> {
    const from = after === undefined ? {} : { after };
    const batches = new Batches(storage, name, { ...from, onUnreadable: skip });
    try {
      for (;;) {
        const { entries, isLast, error } = await batches.next();
        after = entries.at(-1)?.key ?? after;
        loaded += entries.length;
        await loader.load(entries);
        const done = isLast || collection.mustClear;
        reporter.notify(onProgress, { collection: name, loaded, total, done });
        if (done || storage.isClosed) return true;
        // Somebody else's adapter may know nothing of onUnreadable.
        if (error instanceof UnreadableEntryError && error.key !== undefined) {
          skip(error);
          after = error.key;
          return false;
        }
        if (error !== undefined) throw error;
      }
    } finally {
      batches.end();
    }
  }

  await repeated(() => checkSchemaVersion(collection, storage), options);
  const total = await countOf(collection, options);
  while (!await repeated(readOn, { ...options, progress: () => loaded }));
  collection.isPartlyRead = collection.mustClear;
}

/** Returns how many documents there are, if somebody wants to know and the adapter can count without reading. */
async function countOf(
  { name }: FollowedCollection,
  { storage, reporter, onProgress }: HydrateOptions,
): Promise<number | undefined> {
  if (onProgress === undefined || !memberOf(storage.adapter, "count")) return undefined;
  try {
    return await storage.call((adapter) => adapter.count!(name));
  } catch (error) {
    if (!storage.isClosed) reporter.report(error, { collection: name });
    return undefined;
  }
}

function contextOf({ type, key }: UnreadableEntryError): PersistErrorContext {
  return key === undefined ? { collection: type } : { collection: type, key };
}

/**
 * Repeats a call until it succeeds, with pauses, up to the number of consecutive attempts. A call that fails may have
 * got somewhere all the same: when `progress` has grown, attempts are counted from the start.
 */
export async function repeated<T>(
  work: () => Promise<T>,
  options:
    & Pick<HydrateOptions, "storage" | "reporter" | "attempts">
    & { readonly progress?: () => number },
): Promise<T> {
  const { storage, reporter, attempts, progress = () => 0 } = own(options);
  for (let failures = 1;; failures++) {
    const before = progress();
    try {
      return await work();
    } catch (error) {
      if (storage.isClosed || isPermanent(error)) throw error;
      if (error instanceof Interruption) continue;
      if (progress() > before) failures = 1;
      reporter.report(error, { failures });
      if (failures >= attempts) throw error;
    }
    await storage.backOff(failures);
  }
}

/** Returns whether the same call would fail in the same way again. */
function isPermanent(error: unknown): boolean {
  return error instanceof DowngradeError || error instanceof UnreadableEntryError;
}
