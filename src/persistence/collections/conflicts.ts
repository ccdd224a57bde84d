import { equal } from "../../shared/equal.ts";
import { describeKey } from "../../shared/key.ts";
import type { ConflictError } from "../adapter/errors.ts";
import type { Backlog } from "./backlog.ts";
import type { DirtyKey, Sent } from "./dirty-keys.ts";
import { referenceTo } from "./followed-collection.ts";
import type { Memory } from "./memory.ts";
import { mergeFields } from "./merge.ts";
import type { Conflict, PersistOptions, StoredDocument } from "./options.ts";
import { assertOwnKey, type Found, readDocument } from "./read-document.ts";
import type { Refusal } from "./refusal.ts";
import type { Reporter } from "./reporter.ts";
import { DowngradeError } from "./schema-version.ts";
import type { StorageCalls } from "./storage-calls.ts";
import type { StorageEpoch } from "./storage-epoch.ts";

/** Settles conflicts with somebody else who writes to the same storage. */
export class Conflicts {
  readonly #storage: StorageCalls;
  readonly #memory: Memory;
  readonly #backlog: Backlog;
  readonly #reporter: Reporter;
  readonly #epoch: StorageEpoch;
  readonly #onConflict: PersistOptions["onConflict"];

  constructor({ storage, memory, backlog, reporter, epoch, onConflict }: {
    readonly storage: StorageCalls;
    readonly memory: Memory;
    readonly backlog: Backlog;
    readonly reporter: Reporter;
    readonly epoch: StorageEpoch;
    readonly onConflict: PersistOptions["onConflict"];
  }) {
    this.#storage = storage;
    this.#memory = memory;
    this.#backlog = backlog;
    this.#reporter = reporter;
    this.#epoch = epoch;
    this.#onConflict = onConflict;
  }

  /**
   * After a commit was refused because storage is not at the versions that were known: reads what storage holds, and
   * settles each document that somebody else has changed. Returns those that cannot be settled.
   *
   * @throws the conflict itself when nothing is found that explains it, and a `StorageClearedError` if that does.
   */
  async settle(sent: readonly Sent[], conflict: ConflictError): Promise<Refusal[]> {
    const { found, isAnotherEntry } = await this.#storage.call(async (adapter) => {
      const found = await Promise.all(sent.map(({ dirty }) => readDocument(dirty, adapter)));
      // Afterwards: what is absent may have been cleared while they were read.
      return { found, isAnotherEntry: await this.#epoch.compare(adapter) };
    });
    const refusals: Refusal[] = [];
    let isExplained = isAnotherEntry;
    for (const [index, { dirty, change }] of sent.entries()) {
      const theirs = found[index]!;
      if (isAsKnown(theirs)) continue;
      isExplained = true;
      try {
        if (theirs.error !== undefined) overwrite(dirty, theirs);
        else await this.#settle(dirty, theirs);
      } catch (error) {
        refusals.push({ dirty, change, error });
      }
    }
    if (!isExplained) throw conflict;
    return refusals;
  }

  async #settle(dirty: DirtyKey, { entry, document: theirs }: Found): Promise<void> {
    const { collection, key, change, base } = dirty;
    const mine = collection.get(key);
    // A write of ours that was not acknowledged is not a conflict, nor is one that changed nothing.
    const { journal } = this.#backlog;
    const isOurs = journal?.isOwn(dirty, entry?.version ?? null) ||
      [base, mine, ...dirty.unsure].some((known) => equal(known, theirs));
    const conflict = { ...referenceTo(dirty), mine, theirs, base };
    const sent = [...dirty.unsure, ...journal?.documentsOf(dirty) ?? []];
    const resolved = isOurs ? mine : await this.resolve(conflict, sent);
    if (resolved !== undefined) assertOwnKey(resolved, key, collection);
    if (this.#storage.isClosed) return;
    // What was changed while the user decided is settled by the next commit, which finds the conflict again.
    if (dirty.change !== change || !this.#backlog.dirty.includes(dirty)) return;
    if (!equal(resolved, mine)) this.#memory.write([{ collection, key, document: resolved }]);
    collection.known.learn(key, entry);
    dirty.base = theirs;
    dirty.unsure = [];
    // An observer may have changed it in response.
    if (equal(resolved, theirs) && dirty.change === change) this.#backlog.dirty.remove(dirty);
    else journal?.settled(dirty, !equal(resolved, mine));
  }

  /** Returns what becomes of a document; `sent` is what storage may have had of it without having said so. */
  async resolve(
    conflict: Conflict,
    sent: DirtyKey["unsure"] = [],
  ): Promise<StoredDocument | undefined> {
    const onConflict = this.#onConflict;
    if (onConflict !== undefined) return await onConflict(conflict);
    const { document, lost } = mergeFields(conflict, sent);
    const { collection, key } = conflict;
    if (lost.length > 0) {
      const what = `${lost.join(", ")} of ${collection}/${describeKey(key)}`;
      const error = new Error(
        `Cannot keep ${what}: somebody else changed it too, and theirs stays; pass onConflict to decide`,
      );
      this.#reporter.report(error, { collection, key });
    }
    return document;
  }
}

/** Returns whether storage has what was last known, and so is not part of the conflict. */
function isAsKnown({ collection, key, entry, error }: Found): boolean {
  if (entry === undefined && error !== undefined) return false;
  return entry?.version === collection.known.versionOf(key);
}

/**
 * Lets an unusable entry be overwritten, as there is nothing in it to merge with.
 *
 * @throws the error if it has not been reported yet, or a later version of the program can use the entry.
 */
function overwrite(dirty: DirtyKey, { entry, error }: Found): void {
  const { collection: { known }, key } = dirty;
  const isReported = known.isUnreadable(key);
  known.markUnreadable(key);
  if (!isReported || error instanceof DowngradeError) throw error;
  if (entry === undefined) dirty.overwrites = true;
  else known.learn(key, entry);
}
