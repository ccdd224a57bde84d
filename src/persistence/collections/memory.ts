import type { Entry, Key } from "../adapter/adapter.ts";
import type { FollowedCollection, FollowedDocument } from "./followed-collection.ts";
import type { StoredDocument } from "./options.ts";
import type { Target } from "./target.ts";

/** A document as storage has it, to be put into memory. */
export interface OwnWrite extends FollowedDocument {
  /** `undefined` to delete it. */
  readonly document: StoredDocument | undefined;
}

/** The changes to one collection. */
interface OwnChanges {
  readonly puts: StoredDocument[];
  readonly deletes: Key[];
}

/**
 * The collections, and the way to put into them what is in storage already: observers hear of it, and persistence
 * does not send it back. What observers write in response is followed like any other write.
 *
 * Its methods write all or nothing. They may be called only from an asynchronous continuation, where no observer is
 * being called: then the next events are those of this write, with a key for each document, and what observers write
 * in response comes after them.
 */
export class Memory {
  readonly collections: readonly FollowedCollection[];
  readonly #transaction: Target["transaction"];

  constructor(
    collections: readonly FollowedCollection[],
    transaction: Target["transaction"],
  ) {
    this.collections = collections;
    this.#transaction = transaction;
  }

  /**
   * Writes documents of any collections.
   *
   * @throws what a collection throws for a document that it does not take.
   */
  write(writes: readonly OwnWrite[]): void {
    const changes = new Map<FollowedCollection, OwnChanges>();
    for (const { collection, key, document } of writes) {
      let own = changes.get(collection);
      if (own === undefined) changes.set(collection, own = { puts: [], deletes: [] });
      if (document !== undefined) own.puts.push(document);
      else if (collection.has(key)) own.deletes.push(key);
    }
    this.#change(changes);
  }

  /** Does the same for entries of one collection that are put as they are, of which there may be many. */
  put(collection: FollowedCollection, entries: readonly Entry[]): void {
    const puts = entries.map(({ value }) => value as StoredDocument);
    this.#change(new Map([[collection, { puts, deletes: [] }]]));
  }

  #change(changes: ReadonlyMap<FollowedCollection, OwnChanges>): void {
    try {
      this.#transaction(() => {
        for (const [collection, { puts, deletes }] of changes) {
          collection.put(puts);
          collection.delete(deletes);
        }
      });
    } finally {
      for (const collection of changes.keys()) collection.endEchoes();
    }
  }
}
