import type { Key } from "../../store/schema.ts";
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

/**
 * Writes to memory what is in storage already, all or nothing: observers hear of it, and persistence does not
 * send it back. Their own writes in answer to it are followed like any others.
 *
 * To be called from an asynchronous continuation only, where no observer is being called: then the next event
 * of each kind is the one of this write, and what observers write in answer comes after it.
 *
 * @throws what the collection throws for a document that it does not take.
 */
export function writeOwn(target: Target, writes: readonly OwnWrite[]): void {
  const byCollection = new Map<FollowedCollection, { puts: OwnWrite[]; deletes: OwnWrite[] }>();
  for (const write of writes) {
    let own = byCollection.get(write.collection);
    if (own === undefined) byCollection.set(write.collection, own = { puts: [], deletes: [] });
    if (write.document !== undefined) own.puts.push(write);
    else if (write.collection.has(write.key)) own.deletes.push(write);
  }
  try {
    target.transaction(() => {
      for (const [collection, { puts, deletes }] of byCollection) {
        for (const { key } of puts) {
          collection.echoes.add(collection.has(key) ? "update" : "create");
        }
        collection.put(puts.map(({ document }) => document!));
        if (deletes.length > 0) collection.echoes.add("delete");
        collection.delete(deletes.map(({ key }) => key));
      }
    });
  } finally {
    for (const { echoes } of byCollection.keys()) echoes.clear();
  }
}
