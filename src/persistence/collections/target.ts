import type { Key } from "../../shared/key.ts";
import { hasMethods } from "../../shared/kinds.ts";
import type { ObserverOptions } from "../../store/observer.ts";
import type { StoreMethods } from "../../store/ramify.ts";

/** The part of a Ramify collection that persistence uses. */
export interface PersistentCollection {
  /** The collection's name, and its type in storage. */
  readonly name: string;
  /** The field that identifies a document. */
  readonly primaryKey: string;
  /** Returns the document with a key. */
  get(key: never): unknown;
  /** Returns whether there is a document with a key. */
  has(key: never): boolean;
  /** Returns every key. */
  keys(): readonly Key[];
  /** Puts documents, all or none. */
  bulkPut(documents: never): unknown;
  /** Deletes documents, all or none. */
  bulkDelete(keys: never): unknown;
  /** Calls the observer after each change, until the returned function is called; a second call changes the options. */
  subscribe(observer: never, options?: ObserverOptions): () => void;
}

/** A Ramify store, or one of its collections. */
export type PersistTarget = PersistentCollection | StoreMethods;

/** The collections to persist, and a way to change several at once. */
export interface Target {
  readonly collections: readonly PersistentCollection[];
  /** Runs writes; observers hear of all of them or of none. */
  readonly transaction: (work: () => void) => void;
}

/**
 * Finds the collections of what was passed to `persist`.
 *
 * @throws {TypeError} when it is neither a store nor a collection.
 */
export function targetOf(target: PersistTarget): Target {
  if (isCollection(target)) return { collections: [target], transaction: (work) => work() };
  const collections = Object.values(target ?? {}).filter(isCollection);
  if (collections.length > 0 && "transaction" in target) {
    return { collections, transaction: (work) => target.transaction(work) };
  }
  throw new TypeError(
    "Cannot persist this: it is neither a Ramify store with collections nor one of them; pass what createStore returned",
  );
}

function isCollection(target: unknown): target is PersistentCollection {
  return hasMethods(target, "subscribe", "bulkPut");
}
