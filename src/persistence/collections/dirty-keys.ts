import type { Key } from "../../shared/key.ts";
import type { FollowedCollection } from "./followed-collection.ts";
import { identity } from "./identity.ts";
import type { StoredDocument } from "./options.ts";

/** A document whose newest state storage has not acknowledged. */
export interface DirtyKey {
  readonly collection: FollowedCollection;
  readonly key: Key;
  /** What storage acknowledged last; `undefined` for no document. */
  base: StoredDocument | undefined;
  /** The first change that storage does not hold. */
  since: number;
  /** The latest change. */
  revision: number;
  /** The change that storage can never take, such as a document that is too large. */
  refused: number | undefined;
  /** What else storage may hold, such as what was sent without an answer; `undefined` for no document. Never many. */
  unsure: (StoredDocument | undefined)[];
  /** Whether it is sent next whatever storage has, as that cannot be read. */
  overwrites: boolean;
}

/** What was sent to storage of a dirty key. */
export interface Sent {
  readonly dirty: DirtyKey;
  readonly revision: number;
  /** `undefined` for a deletion. */
  readonly document: StoredDocument | undefined;
  /** Whether it was sent before, and the newest state has to be sent after it. */
  readonly isEarlier?: boolean;
}

/**
 * Which documents are to be written, in the order in which they first changed. A document stays here until the
 * very state that it has is acknowledged, so nothing that fails or is overtaken is forgotten.
 */
export class DirtyKeys {
  readonly #all: Set<DirtyKey> = new Set();
  readonly #refused: Set<DirtyKey> = new Set();
  #revision = 0;

  /** How many documents are to be written. */
  get size(): number {
    return this.#all.size;
  }

  /** The number of the latest change, counted across all collections. */
  get revision(): number {
    return this.#revision;
  }

  /** Notes something that is to be done besides writing, and answers its place among the changes. */
  advance(): number {
    return ++this.#revision;
  }

  /** Notes the first change of a clean document, which was `before` until then. */
  add(collection: FollowedCollection, key: Key, before: StoredDocument | undefined): DirtyKey {
    const id = identity(key);
    const revision = ++this.#revision;
    const dirty = {
      collection,
      key,
      base: before,
      since: revision,
      revision,
      refused: undefined,
      unsure: [...collection.pulls.get(id)?.unsure ?? []],
      overwrites: false,
    };
    collection.dirty.set(id, dirty);
    this.#all.add(dirty);
    return dirty;
  }

  /** Notes another change of a document. */
  touch(dirty: DirtyKey): void {
    dirty.revision = ++this.#revision;
  }

  /** Storage has what was sent. */
  acknowledge({ dirty, revision, document, isEarlier }: Sent): void {
    if (dirty.revision === revision && !isEarlier) return this.remove(dirty);
    dirty.base = document;
    if (!isEarlier) dirty.since = revision + 1;
    dirty.unsure = [];
    dirty.overwrites = false;
  }

  /** Forgets a document: storage and memory agree. */
  remove(dirty: DirtyKey): void {
    dirty.collection.dirty.delete(identity(dirty.key));
    this.#all.delete(dirty);
  }

  /** Whether a document that was sent is still to be written. */
  includes({ dirty }: Sent): boolean {
    return this.#all.has(dirty);
  }

  /** The documents that changed up to a revision, without those that storage can never take. */
  *due(revision: number): Generator<DirtyKey> {
    for (const dirty of this.#all) {
      if (dirty.since <= revision && dirty.refused !== dirty.revision) yield dirty;
    }
  }

  /** Whether storage lacks something of what changed up to a revision. */
  has(revision: number): boolean {
    for (const dirty of this.#all) if (dirty.since <= revision) return true;
    return false;
  }

  /** Leaves out a change that storage does not take, until the document changes again or there may be room. */
  refuse(dirty: DirtyKey, revision: number): void {
    dirty.refused = revision;
    this.#refused.add(dirty);
  }

  /** Sends what was refused once more: there may be room now. */
  retryRefused(): void {
    for (const dirty of this.#refused) dirty.refused = undefined;
    this.#refused.clear();
  }

  /** Whether there are documents that storage can never take as they are. */
  hasRefused(): boolean {
    for (const dirty of this.#refused) {
      if (dirty.refused === dirty.revision && this.#all.has(dirty)) return true;
      this.#refused.delete(dirty);
    }
    return false;
  }
}
