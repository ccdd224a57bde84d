import type { Version, Write } from "../adapter/adapter.ts";
import { ConflictError } from "../adapter/errors.ts";
import type { Backlog } from "./backlog.ts";
import type { Conflicts } from "./conflicts.ts";
import type { DirtyKey, Sent } from "./dirty-keys.ts";
import {
  type FollowedCollection,
  type FollowedDocument,
  referenceTo,
} from "./followed-collection.ts";
import type { PersistOptions } from "./options.ts";
import { isRefusal, type Refusal, refusalsOf } from "./refusal.ts";
import type { Reporter } from "./reporter.ts";
import { metadataOf } from "./schema-version.ts";
import type { StorageCalls } from "./storage-calls.ts";
import type { StorageEpoch } from "./storage-epoch.ts";
import { noteUnsure } from "./unsure.ts";

/** A collection that is cleared, and the change that did it. */
export interface Clearing {
  readonly collection: FollowedCollection;
  readonly change: number;
}

/** Saves a batch of documents, or the clearing of a collection: one attempt. */
export class Saver {
  readonly #storage: StorageCalls;
  readonly #backlog: Backlog;
  readonly #conflicts: Conflicts;
  readonly #reporter: Reporter;
  readonly #epoch: StorageEpoch;
  readonly #onSaved: PersistOptions["onSaved"];
  #lastSaved: number | undefined;

  constructor({ storage, backlog, conflicts, reporter, epoch, onSaved }: {
    readonly storage: StorageCalls;
    readonly backlog: Backlog;
    readonly conflicts: Conflicts;
    readonly reporter: Reporter;
    readonly epoch: StorageEpoch;
    readonly onSaved: PersistOptions["onSaved"];
  }) {
    this.#storage = storage;
    this.#backlog = backlog;
    this.#conflicts = conflicts;
    this.#reporter = reporter;
    this.#epoch = epoch;
    this.#onSaved = onSaved;
  }

  /** When storage last acknowledged a commit, in milliseconds since 1970. */
  get lastSaved(): number | undefined {
    return this.#lastSaved;
  }

  /**
   * Sends a batch, and settles the conflicts that it meets: what is left to write after that is still dirty. Returns
   * the documents that cannot be settled.
   *
   * @throws what storage fails with.
   */
  save(batch: readonly Sent[]): Promise<readonly Refusal[]> {
    return this.#save(batch, (work, onLate) => this.#storage.call(work, onLate));
  }

  /** Does what {@link save} does without waiting for others who call the adapter. */
  saveAtOnce(batch: readonly Sent[]): Promise<readonly Refusal[]> {
    return this.#save(batch, (work, onLate) => this.#storage.callAtOnce(work, onLate));
  }

  async #save(batch: readonly Sent[], call: StorageCalls["call"]): Promise<readonly Refusal[]> {
    const { isConditional } = this.#storage;
    let versions: readonly (Version | null)[];
    this.noteWritten(batch);
    try {
      versions = await call(
        (adapter) => {
          const writes = batch.map((sent) => writeOf(sent, isConditional));
          return adapter.commit([...writes, ...this.#epoch.checksFor(batch)]);
        },
        () => this.#rewrite(batch.map(({ dirty, document }) => ({ ...dirty, document }))),
      );
    } catch (error) {
      // Even a conflict may be with the write itself, where a driver repeats a request that got through.
      if (mayBeWritten(batch, error)) {
        for (const { dirty, document } of batch) {
          noteUnsure(dirty, document);
          dirty.overwrites = false;
        }
      }
      if (isConditional && error instanceof ConflictError) {
        return await this.#conflicts.settle(batch, error);
      }
      throw error;
    } finally {
      this.noteWritten(batch);
    }
    for (const [index, sent] of batch.entries()) {
      const version = versions[index] ?? undefined;
      const { collection, key } = sent.dirty;
      collection.known.learn(key, version === undefined ? undefined : { version });
      this.#backlog.dirty.acknowledge(sent);
    }
    this.#reportSaved(batch.map(({ dirty }) => dirty));
    return [];
  }

  /**
   * Removes all that storage has of a collection that was cleared.
   *
   * @throws what storage fails with.
   */
  async clear({ collection, change }: Clearing): Promise<readonly []> {
    const { pace, clock } = this.#storage;
    const { dirty } = this.#backlog;
    const before = [...dirty.of(collection).values()];
    pace.cleared(collection.name, clock.now());
    try {
      await this.#storage.call(
        async (adapter) => {
          await this.#epoch.compare(adapter);
          await adapter.clear(collection.name);
        },
        () => {
          const keys = collection.keys();
          this.#rewrite(keys.map((key) => ({ collection, key, document: undefined })));
        },
      );
    } finally {
      pace.cleared(collection.name, clock.now());
    }
    // It may have been cleared once more, after something of somebody else's had come in.
    if (collection.cleared === change) collection.cleared = undefined;
    collection.isPartlyRead = false;
    collection.known.clear();
    for (const each of [...dirty.of(collection).values()]) {
      each.base = undefined;
      each.unsure = [];
      if (collection.get(each.key) === undefined) dirty.remove(each);
    }
    this.#reportSaved(before.filter((each) => dirty.get(collection, each.key) === undefined));
    return [];
  }

  /**
   * Notes that documents are being written: before a call, so others wait, and after it, as the platform counts from a
   * moment in between.
   */
  noteWritten(batch: readonly Sent[]): void {
    const { pace, clock } = this.#storage;
    const now = clock.now();
    for (const { dirty: { collection, key } } of batch) pace.wrote(collection.name, key, now);
  }

  #reportSaved(saved: readonly DirtyKey[]): void {
    this.#lastSaved = this.#storage.clock.now();
    if (this.#onSaved === undefined) return;
    const documents = saved.map(referenceTo);
    this.#reporter.notify(this.#onSaved, { documents, pending: this.#backlog.dirty.size });
  }

  /** Writes the newest states again: a call that was given up ended after all, and may have overtaken later ones. */
  #rewrite(sent: Iterable<FollowedDocument & Pick<Sent, "document">>): void {
    const { pace, clock, isClosed } = this.#storage;
    const { dirty } = this.#backlog;
    if (isClosed) return;
    for (const { collection, key, document } of sent) {
      pace.wrote(collection.name, key, clock.now());
      const known = dirty.get(collection, key);
      if (known !== undefined) dirty.touch(known);
      const each = known ?? this.#backlog.add(collection, key, collection.get(key));
      noteUnsure(each, document);
    }
    this.#backlog.announce();
  }
}

function writeOf(
  { dirty: { collection, key, overwrites }, document }: Sent,
  isConditional: boolean,
): Write {
  const { name: type } = collection;
  const condition = isConditional && !overwrites
    ? { ifVersion: collection.known.versionOf(key) ?? null }
    : {};
  return document === undefined
    ? { type, key, delete: true, ...condition }
    : { type, key, value: document, ...metadataOf(collection), ...condition };
}

/** Returns whether a commit that failed may have written something: not if its documents are at fault. */
function mayBeWritten(batch: readonly Sent[], error: unknown): boolean {
  return !isRefusal(error) && refusalsOf(batch, error).length === 0;
}
