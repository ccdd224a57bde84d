import { own } from "../../shared/own.ts";
import type { Adapter, CheckWrite, Version } from "../adapter/adapter.ts";
import { ConflictError, UnreadableEntryError } from "../adapter/errors.ts";
import { createVersions } from "../adapter/versions.ts";
import type { Sent } from "./dirty-keys.ts";
import type { FollowedCollection } from "./followed-collection.ts";
import type { PersistOptions } from "./options.ts";
import type { Reporter } from "./reporter.ts";
import { checkSchemaVersion, collectionsType } from "./schema-version.ts";
import type { StorageCalls } from "./storage-calls.ts";

/** Where the epoch stands, beside the schema versions. */
const entry = { type: collectionsType, key: "_rian_epoch" } as const;

/** Without conditional writes, the epoch is compared this often, in milliseconds: Workers KV answers a minute late. */
const comparedEvery = 60_000;

const createEpoch = createVersions();

/** The epoch that an entry holds. */
interface StoredEpoch {
  readonly epoch: string;
  readonly version: Version;
}

/** Thrown when storage is another one than was read: everything in it has been deleted since. */
export class StorageClearedError extends Error {
  constructor(storageName: string, onCleared: PersistOptions["onCleared"]) {
    const cure = onCleared === "rewrite"
      ? "what memory has is stored anew"
      : 'call persist again, or pass onCleared: "rewrite" to store what memory has';
    super(`Cannot go on in ${storageName}: it was cleared after its documents were read; ${cure}`);
  }
}

/**
 * Tells one creation of a storage from the next: a random entry that is written when there is none. An entry that is
 * gone was deleted by somebody, unless the epoch is gone too: then the storage was cleared.
 */
export class StorageEpoch {
  readonly #storage: StorageCalls;
  readonly #reporter: Reporter;
  readonly #onCleared: PersistOptions["onCleared"];
  #known: StoredEpoch | undefined;
  /** Whether there is an entry that holds no epoch. */
  #isDamaged = false;
  /** Why storage did not take an epoch. */
  #refusal: unknown;
  #comparedAt = 0;
  /** The collections whose schema versions a cleared storage has lost. */
  #unversioned: readonly FollowedCollection[] = [];

  constructor({ storage, reporter, onCleared }: {
    readonly storage: StorageCalls;
    readonly reporter: Reporter;
    readonly onCleared: PersistOptions["onCleared"];
  }) {
    this.#storage = storage;
    this.#reporter = reporter;
    this.#onCleared = onCleared;
  }

  /** The epoch of the storage that was read; `undefined` if it has none and takes none, such as one that is read only. */
  get current(): string | undefined {
    return this.#known?.epoch;
  }

  /**
   * Reads the epoch before documents are read, and writes one if there is none. A storage that does not take it now
   * is asked again before something else is written.
   *
   * @throws what storage fails to read with.
   */
  async open(): Promise<void> {
    this.#known = await this.#storage.call((adapter) => this.#read(adapter));
    if (!this.#mustBegin) return;
    try {
      this.#known = await this.#storage.call((adapter) => this.#begin(adapter));
    } catch (error) {
      this.#refusal = error;
    }
  }

  /** Whether {@link prepare} has to be called before the next write. */
  get mustPrepare(): boolean {
    return this.#mustBegin || this.#isDue || this.#unversioned.length > 0;
  }

  /**
   * Makes sure that the next write goes to the storage that was read.
   *
   * @throws {StorageClearedError} when it is another.
   */
  async prepare(): Promise<readonly []> {
    const storage = this.#storage;
    if (this.#mustBegin) await this.open();
    else if (this.#isDue) await storage.call((adapter) => this.compare(adapter));
    if (this.#mustBegin) throw this.#refusal;
    for (const collection of this.#unversioned) await checkSchemaVersion(collection, storage);
    this.#unversioned = [];
    return [];
  }

  /**
   * Returns what lets a commit fail if storage has been cleared. A document that replaces a known version does so by
   * itself.
   */
  checksFor(batch: readonly Sent[]): readonly CheckWrite[] {
    if (this.#known === undefined || !this.#storage.isConditional) return [];
    const isChecked = batch.some(({ dirty: { collection: { known }, key, overwrites } }) => {
      return !overwrites && known.versionOf(key) !== undefined;
    });
    return isChecked ? [] : [{ ...entry, ifVersion: this.#known.version, check: true }];
  }

  /**
   * Compares the epoch with the one that storage has now. Returns whether its entry was written anew, which explains a
   * check that failed.
   *
   * @throws {StorageClearedError} when it is gone, or another.
   */
  async compare(adapter: Adapter): Promise<boolean> {
    const known = this.#known;
    if (known === undefined) return false;
    const found = await this.#read(adapter);
    // Where no condition holds, two who began at once have each written one, and the last is that of both.
    const isSame = found !== undefined &&
      (found.epoch === known.epoch || !this.#storage.isConditional);
    if (!isSame && !this.#isDamaged) throw new StorageClearedError(adapter.name, this.#onCleared);
    this.#known = found;
    return found?.version !== known.version;
  }

  /** Forgets the epoch of a storage that was cleared, so the next write begins another. */
  renew(collections: readonly FollowedCollection[]): void {
    this.#known = undefined;
    this.#unversioned = collections;
  }

  get #mustBegin(): boolean {
    return this.#known === undefined && !this.#isDamaged;
  }

  get #isDue(): boolean {
    const { isConditional, clock } = this.#storage;
    return !isConditional && clock.now() - this.#comparedAt >= comparedEvery;
  }

  /** Writes an epoch, and returns it, or that of somebody else who began at the same time. */
  async #begin(adapter: Adapter): Promise<StoredEpoch | undefined> {
    const epoch = createEpoch();
    const write = { ...entry, value: { epoch } };
    const { isConditional } = this.#storage;
    try {
      const [version] = await adapter.commit([
        isConditional ? { ...write, ifVersion: null } : write,
      ]);
      const own = { epoch, version: version! };
      return isConditional ? own : await this.#read(adapter) ?? own;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      return await this.#read(adapter);
    }
  }

  /** Returns the epoch that storage has. */
  async #read(adapter: Adapter): Promise<StoredEpoch | undefined> {
    this.#comparedAt = this.#storage.clock.now();
    try {
      const found = await adapter.get(entry.type, entry.key);
      return found && { epoch: epochIn(found.value), version: found.version };
    } catch (error) {
      if (!(error instanceof UnreadableEntryError)) throw error;
      this.#isDamaged = true;
      this.#reporter.report(error);
      return undefined;
    }
  }
}

function epochIn(value: unknown): string {
  const { epoch } = own(Object(value)) as { readonly epoch?: unknown };
  if (typeof epoch === "string") return epoch;
  throw new UnreadableEntryError(entry, "it is not the epoch of a storage; delete it");
}
