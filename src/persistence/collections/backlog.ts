import type { Key } from "../../shared/key.ts";
import { type DirtyKey, DirtyKeys } from "./dirty-keys.ts";
import type { FollowedCollection } from "./followed-collection.ts";
import { identity } from "./identity.ts";
import type { StoredDocument } from "./options.ts";
import { Pulls } from "./pulls.ts";

/** What is still to be written to storage, and read from it. */
export class Backlog {
  /** What storage lacks. */
  readonly dirty: DirtyKeys;
  /** What memory may lack. */
  readonly pulls: Pulls;
  readonly #collections: readonly FollowedCollection[];
  readonly #onDirty: () => void;

  /** `onDirty` is called when there is more to write. */
  constructor(collections: readonly FollowedCollection[], onDirty: () => void) {
    this.dirty = new DirtyKeys(collections);
    this.pulls = new Pulls(collections, this.dirty);
    this.#collections = collections;
    this.#onDirty = onDirty;
  }

  /** Whether there is anything to write. */
  get isDirty(): boolean {
    return this.dirty.size > 0 || this.#mustClear();
  }

  /** Returns whether memory and storage may differ in any change up to this one. */
  lacks(upTo: number): boolean {
    return this.dirty.has(upTo) || this.pulls.has(upTo) || this.#mustClear();
  }

  /** Notes what is in a collection and what changes in it, until the returned function is called. */
  follow(collection: FollowedCollection): () => void {
    const { dirty } = this;
    const known = dirty.of(collection);
    for (const key of collection.keys()) this.add(collection, key, undefined);
    // Runs in each write of the user's: it allocates nothing, and leaves `before` alone, which is made on demand.
    return collection.follow((type, keys, change) => {
      if (type === "clear") collection.cleared = dirty.advance();
      for (let index = 0; index < keys.length; index++) {
        const key = keys[index]!;
        const each = known.get(identity(key));
        if (each === undefined) this.add(collection, key, change.before[index]);
        else dirty.touch(each);
      }
      this.#onDirty();
    });
  }

  /** Notes the first change of a clean document, which was `before` until then. */
  add(collection: FollowedCollection, key: Key, before: StoredDocument | undefined): DirtyKey {
    const dirty = this.dirty.add(collection, key, before);
    const unsure = this.pulls.unsureOf(collection, key);
    if (unsure !== undefined) dirty.unsure.push(...unsure);
    return dirty;
  }

  /** Asks for all that memory has to be written, as storage was cleared and has nothing. */
  rewrite(): void {
    this.pulls.clear();
    for (const collection of this.#collections) {
      collection.forgetStorage();
      for (const dirty of this.dirty.of(collection).values()) dirty.base = undefined;
      for (const key of collection.keys()) {
        const dirty = this.dirty.get(collection, key) ?? this.add(collection, key, undefined);
        // Whoever waits for anything to be stored waits for all of it.
        dirty.since = 0;
      }
    }
    this.#onDirty();
  }

  /** Asks for what was added without a change in memory to be written. */
  announce(): void {
    this.#onDirty();
  }

  #mustClear(): boolean {
    return this.#collections.some(({ mustClear }) => mustClear);
  }
}
