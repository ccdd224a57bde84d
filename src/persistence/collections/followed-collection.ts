import type { Key } from "../../shared/key.ts";
import type { Change, Operation } from "../../store/observer.ts";
import type { KnownEntries } from "./known-entries.ts";
import type { DocumentReference, PersistOptions, StoredDocument } from "./options.ts";
import type { PersistentCollection } from "./target.ts";

/** Receives the changes that persistence did not make. */
export type FollowObserver = (
  type: Operation,
  keys: readonly Key[],
  change: Change<StoredDocument>,
) => void;

/** Options of a {@link FollowedCollection}. */
export interface FollowedCollectionOptions {
  readonly schemaVersion: number;
  readonly migrate: PersistOptions["migrate"];
  readonly known: KnownEntries;
}

/** A collection in memory, and what is known of its entries in storage. */
export class FollowedCollection {
  readonly name: string;
  readonly primaryKey: string;
  /** Today's schema version of its documents. */
  readonly schemaVersion: number;
  /** Brings documents to today's schema version. */
  readonly migrate: PersistOptions["migrate"];
  readonly known: KnownEntries;
  /** The latest change that cleared it, which storage has to repeat before anything else is written. */
  cleared: number | undefined;
  /** Whether it was cleared before everything in storage was in memory. */
  isPartlyRead = false;
  /** How many of the keys in the next events persistence itself has written. */
  #echoes = 0;
  readonly #collection: PersistentCollection;
  #observe: FollowObserver = () => {};

  constructor(
    collection: PersistentCollection,
    { schemaVersion, migrate, known }: FollowedCollectionOptions,
  ) {
    this.#collection = collection;
    this.name = collection.name;
    this.primaryKey = collection.primaryKey;
    this.schemaVersion = schemaVersion;
    this.migrate = migrate;
    this.known = known;
  }

  /** Whether storage has to be cleared before anything else is written. */
  get mustClear(): boolean {
    return this.cleared !== undefined;
  }

  /**
   * Calls back on each change that persistence did not make, until the returned function is called. Until `hydrated`
   * is called, this includes deletions of documents that were not there: storage may have them.
   */
  follow(observer: FollowObserver): () => void {
    this.#observe = (type, keys, change) => {
      if (this.#echoes > 0) this.#echoes -= keys.length;
      else observer(type, keys, change);
    };
    return this.#collection.subscribe(this.#observe as never, { misses: true });
  }

  /** Notes that memory has all that storage has: a deletion that finds nothing here finds nothing there. */
  hydrated(): void {
    this.#collection.subscribe(this.#observe as never);
  }

  /** Notes that storage has nothing of it any more. */
  forgetStorage(): void {
    this.cleared = undefined;
    this.isPartlyRead = false;
    this.known.clear();
  }

  /** Returns whether there is a document with this key in memory. */
  has(key: Key): boolean {
    return this.#collection.has(key as never);
  }

  /** Returns the document in memory. */
  get(key: Key): StoredDocument | undefined {
    return this.#collection.get(key as never) as StoredDocument | undefined;
  }

  /** Returns every key in memory. */
  keys(): readonly Key[] {
    return this.#collection.keys();
  }

  /** Puts documents of different keys into memory; called by `Memory` only. */
  put(documents: readonly StoredDocument[]): void {
    this.#echoes += documents.length;
    this.#collection.bulkPut(documents as never);
  }

  /** Deletes documents that are in memory; called by `Memory` only. */
  delete(keys: readonly Key[]): void {
    this.#echoes += keys.length;
    this.#collection.bulkDelete(keys as never);
  }

  /** Notes that observers have heard of all that was put and deleted. */
  endEchoes(): void {
    this.#echoes = 0;
  }
}

/** One document of a followed collection, in memory or not. */
export interface FollowedDocument {
  readonly collection: FollowedCollection;
  readonly key: Key;
}

/** Returns the reference by which the user's listeners know a document. */
export function referenceTo({ collection, key }: FollowedDocument): DocumentReference {
  return { collection: collection.name, key };
}
