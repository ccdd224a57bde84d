import type { Key } from "../../shared/key.ts";
import type { Change, Operation } from "../../store/observer.ts";
import type { Version } from "../adapter/adapter.ts";
import type { DirtyKey, DirtyKeys } from "./dirty-keys.ts";
import { identity } from "./identity.ts";
import type { StoredDocument } from "./options.ts";
import type { Pull } from "./pulls.ts";
import type { PersistentCollection } from "./target.ts";

type Observe = (type: Operation, keys: readonly Key[], change: Change<StoredDocument>) => void;

/** A collection and what is known of its entries in storage. */
export class FollowedCollection {
  readonly name: string;
  readonly primaryKey: string;
  /** Today's schema version of its documents. */
  readonly version: number;
  /** By key: what is to be written. */
  readonly dirty: Map<unknown, DirtyKey> = new Map();
  /** By key: what is to be read. */
  readonly pulls: Map<unknown, Pull> = new Map();
  /** By key: the version that storage has, where it tells versions. */
  readonly versions: Map<unknown, Version> = new Map();
  /** The keys whose entries could not be read or used, which somebody has been told. */
  readonly unreadable: Set<unknown> = new Set();
  /** How many keys the next events tell of that persistence itself is writing. */
  echoes = 0;
  /** The latest change that cleared it, which storage has to do as well before anything else is written. */
  cleared: number | undefined;
  /** Whether it was cleared before all that storage has was in memory. */
  isPartlyRead = false;
  readonly #collection: PersistentCollection;
  #observe: Observe = () => {};

  constructor(collection: PersistentCollection, version: number) {
    this.#collection = collection;
    this.name = collection.name;
    this.primaryKey = collection.primaryKey;
    this.version = version;
  }

  /** Whether storage has to be cleared before anything else is written. */
  get mustClear(): boolean {
    return this.cleared !== undefined;
  }

  /**
   * Marks what changes, and calls back, until the returned function is called. Until `hydrated` is called, this
   * goes for what is deleted without having been there, too: storage may have it.
   */
  follow(dirty: DirtyKeys, onChange: () => void): () => void {
    for (const key of this.#collection.keys()) dirty.add(this, key, undefined);
    this.#observe = (type, keys, change) => {
      if (this.echoes > 0) {
        this.echoes -= keys.length;
        return;
      }
      if (type === "clear") this.cleared = dirty.advance();
      for (let index = 0; index < keys.length; index++) {
        const key = keys[index]!;
        const known = this.dirty.get(identity(key));
        if (known === undefined) dirty.add(this, key, change.before[index]);
        else dirty.touch(known);
      }
      onChange();
    };
    return this.#collection.subscribe(this.#observe as never, { misses: true });
  }

  /** Memory has all that storage has: what cannot be deleted from the one need not be deleted from the other. */
  hydrated(): void {
    this.#collection.subscribe(this.#observe as never);
  }

  /** Whether there is such a document in memory. */
  has(key: Key): boolean {
    return this.#collection.has(key as never);
  }

  /** The document in memory. */
  get(key: Key): StoredDocument | undefined {
    return this.#collection.get(key as never) as StoredDocument | undefined;
  }

  /** Every key in memory. */
  keys(): readonly Key[] {
    return this.#collection.keys();
  }

  /** Puts documents of different keys into memory; to be called by `writeOwn` only. */
  put(documents: readonly StoredDocument[]): void {
    this.echoes += documents.length;
    this.#collection.bulkPut(documents as never);
  }

  /** Deletes documents that are there from memory; to be called by `writeOwn` only. */
  delete(keys: readonly Key[]): void {
    this.echoes += keys.length;
    this.#collection.bulkDelete(keys as never);
  }
}
