import type { Key } from "../../shared/key.ts";
import type { FollowedCollection, FollowedDocument } from "./followed-collection.ts";
import { identity } from "./identity.ts";
import type { StoredDocument } from "./options.ts";

/** A document whose newest state storage has not acknowledged. */
export interface DirtyKey extends FollowedDocument {
  /** What storage acknowledged last; `undefined` for no document. */
  base: StoredDocument | undefined;
  /** The first change that storage does not hold. */
  since: number;
  /** The latest change. */
  change: number;
  /** The change that storage can never take, such as a document that is too large. */
  refused: number | undefined;
  /** What else storage may hold, such as what was sent without an answer; `undefined` for no document. Never many. */
  unsure: (StoredDocument | undefined)[];
  /** Whether it is sent next whatever storage holds, as that cannot be read. */
  overwrites: boolean;
}

/** Hears what becomes of dirty keys. */
export interface DirtyListener {
  /** Storage has what led up to this change, and something that was changed since waits. */
  acknowledged(dirty: DirtyKey, upTo: number): void;
  /** Nothing of it waits any more. */
  removed(dirty: DirtyKey): void;
}

/** A state of a dirty key that is sent to storage. */
export interface Sent {
  readonly dirty: DirtyKey;
  /** The change that led to it. */
  readonly change: number;
  /** `undefined` for a deletion. */
  readonly document: StoredDocument | undefined;
  /** Whether it was sent before, and the newest state has to be sent after it. */
  readonly isEarlier: boolean;
}

/**
 * The documents to be written, in the order in which they first changed. A document stays here until storage has
 * acknowledged its very state, so nothing that fails or is overtaken is forgotten.
 */
export class DirtyKeys {
  readonly #all: Set<DirtyKey> = new Set();
  readonly #byKey: ReadonlyMap<FollowedCollection, Map<unknown, DirtyKey>>;
  readonly #refused: Set<DirtyKey> = new Set();
  readonly #listener: DirtyListener | undefined;
  #change = 0;

  constructor(collections: readonly FollowedCollection[], listener?: DirtyListener) {
    this.#listener = listener;
    this.#byKey = new Map(collections.map((collection) => [collection, new Map()]));
  }

  /** How many documents are to be written. */
  get size(): number {
    return this.#all.size;
  }

  /** The number of the latest change, counted across all collections. */
  get change(): number {
    return this.#change;
  }

  /** Counts a change of something other than a dirty key, and returns its number. */
  advance(): number {
    return ++this.#change;
  }

  /** Notes the first change of a clean document, of which storage has acknowledged `base`. */
  add(collection: FollowedCollection, key: Key, base: StoredDocument | undefined): DirtyKey {
    const change = ++this.#change;
    const dirty: DirtyKey = {
      collection,
      key,
      base,
      since: change,
      change,
      refused: undefined,
      unsure: [],
      overwrites: false,
    };
    this.#byKey.get(collection)!.set(identity(key), dirty);
    this.#all.add(dirty);
    return dirty;
  }

  /** Notes another change of a document. */
  touch(dirty: DirtyKey): void {
    dirty.change = ++this.#change;
  }

  /** Notes that storage has what was sent. */
  acknowledge({ dirty, change, document, isEarlier }: Sent): void {
    if (dirty.change === change && !isEarlier) return this.remove(dirty);
    dirty.base = document;
    if (!isEarlier) dirty.since = change + 1;
    dirty.unsure = [];
    dirty.overwrites = false;
    this.#listener?.acknowledged(dirty, isEarlier ? change - 1 : change);
  }

  /** Forgets a document: storage and memory agree. */
  remove(dirty: DirtyKey): void {
    this.#byKey.get(dirty.collection)!.delete(identity(dirty.key));
    this.#all.delete(dirty);
    this.#listener?.removed(dirty);
  }

  /** Returns the dirty keys of a collection, by identity. */
  of(collection: FollowedCollection): ReadonlyMap<unknown, DirtyKey> {
    return this.#byKey.get(collection)!;
  }

  /** Returns what is to be written of a document; `undefined` if nothing is. */
  get(collection: FollowedCollection, key: Key): DirtyKey | undefined {
    return this.of(collection).get(identity(key));
  }

  /** Returns whether a dirty key is still to be written. */
  includes(dirty: DirtyKey): boolean {
    return this.#all.has(dirty);
  }

  /** Yields the documents with changes up to this one, without those that storage can never take. */
  *due(upTo: number): Generator<DirtyKey> {
    for (const dirty of this.#all) {
      if (dirty.since <= upTo && dirty.refused !== dirty.change) yield dirty;
    }
  }

  /** Returns whether storage lacks any change up to this one. */
  has(upTo: number): boolean {
    for (const dirty of this.#all) if (dirty.since <= upTo) return true;
    return false;
  }

  /** Leaves out a change that storage does not take, until the document changes again or there may be room. */
  refuse(dirty: DirtyKey, change: number): void {
    dirty.refused = change;
    this.#refused.add(dirty);
  }

  /** Sends what was refused once more, after all else: by then there may be room. */
  retryRefused(): void {
    for (const dirty of this.#refused) {
      dirty.refused = undefined;
      if (this.#all.delete(dirty)) this.#all.add(dirty);
    }
    this.#refused.clear();
  }

  /** Returns whether there are documents that storage can never take as they are. */
  hasRefused(): boolean {
    for (const dirty of this.#refused) {
      if (dirty.refused === dirty.change && this.#all.has(dirty)) return true;
      this.#refused.delete(dirty);
    }
    return false;
  }
}
