import type { Key } from "../../shared/key.ts";
import type { Entry } from "../adapter/adapter.ts";
import type { FollowedCollection } from "./followed-collection.ts";
import type { StoredDocument } from "./options.ts";
import type { Target } from "./target.ts";

/** A document as storage has it, to be put into memory. */
export interface OwnWrite {
  readonly collection: FollowedCollection;
  readonly key: Key;
  /** `undefined` to delete it. */
  readonly document: StoredDocument | undefined;
}

/** What is to be done to a collection. */
interface OwnChanges {
  readonly puts: StoredDocument[];
  readonly deletes: Key[];
}

/**
 * Writes to memory what is in storage already, all or nothing: observers hear of it, and persistence does not
 * send it back. Their own writes in answer to it are followed like any others.
 *
 * To be called from an asynchronous continuation only, where no observer is being called: then the next events are
 * those of this write, a key for each document, and what observers write in answer comes after them.
 *
 * @throws what the collection throws for a document that it does not take.
 */
export function writeOwn(target: Target, writes: readonly OwnWrite[]): void {
  const changes = new Map<FollowedCollection, OwnChanges>();
  for (const { collection, key, document } of writes) {
    let own = changes.get(collection);
    if (own === undefined) changes.set(collection, own = { puts: [], deletes: [] });
    if (document !== undefined) own.puts.push(document);
    else if (collection.has(key)) own.deletes.push(key);
  }
  change(target, changes);
}

/** The same for entries of one collection that are put as they are, of which there may be many. */
export function putOwn(
  target: Target,
  collection: FollowedCollection,
  entries: readonly Entry[],
): void {
  const puts = entries.map(({ value }) => value as StoredDocument);
  change(target, new Map([[collection, { puts, deletes: [] }]]));
}

function change(target: Target, changes: ReadonlyMap<FollowedCollection, OwnChanges>): void {
  try {
    target.transaction(() => {
      for (const [collection, { puts, deletes }] of changes) {
        collection.put(puts);
        collection.delete(deletes);
      }
    });
  } finally {
    for (const collection of changes.keys()) collection.echoes = 0;
  }
}
