import type { Key } from "../../store/schema.ts";
import type { FollowedCollection } from "./followed-collection.ts";
import { identity } from "./identity.ts";
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
 * of each key is the one of this write.
 *
 * @throws what the collection throws for a document that it does not take.
 */
export function writeOwn(target: Target, writes: readonly OwnWrite[]): void {
  const collections = new Set(writes.map(({ collection }) => collection));
  try {
    target.transaction(() => {
      for (const collection of collections) {
        const own = writes.filter((write) => write.collection === collection);
        const puts = own.filter(({ document }) => document !== undefined);
        const deletes = own.filter(({ key, document }) =>
          document === undefined && collection.get(key) !== undefined
        );
        for (const { key } of puts) collection.echoes.add(identity(key));
        collection.put(puts.map(({ document }) => document!));
        for (const { key } of deletes) collection.echoes.add(identity(key));
        collection.delete(deletes.map(({ key }) => key));
      }
    });
  } finally {
    for (const { echoes } of collections) echoes.clear();
  }
}
