import type { Key } from "../../shared/key.ts";
import type { ObserverOptions } from "../../store/observer.ts";
import type { StoreMethods } from "../../store/ramify.ts";

/** What persistence calls on a Ramify collection. */
export interface PersistentCollection {
  /** The collection's name, and its type in storage. */
  readonly name: string;
  /** The field that identifies a document. */
  readonly primaryKey: string;
  /** The document with a key. */
  get(key: never): unknown;
  /** Whether there is a document with a key. */
  has(key: never): boolean;
  /** Every key. */
  keys(): readonly Key[];
  /** Puts documents, all or none. */
  bulkPut(documents: never): unknown;
  /** Deletes documents, all or none. */
  bulkDelete(keys: never): unknown;
  /** Calls the observer after each change, until the returned function is called; subscribing again changes the options. */
  subscribe(observer: never, options?: ObserverOptions): () => void;
}

/** What can be persisted: a Ramify store, or one of its collections. */
export type PersistTarget = PersistentCollection | StoreMethods;

/** The collections to persist, and a way to change several at once. */
export interface Target {
  readonly collections: readonly PersistentCollection[];
  /** Runs writes so that observers hear of all of them or of none. */
  readonly transaction: (work: () => void) => void;
}

/**
 * Finds the collections of what was passed to `persist`.
 *
 * @throws {TypeError} when it is neither a store nor a collection.
 */
export function targetOf(target: PersistTarget): Target {
  if (isCollection(target)) return { collections: [target], transaction: (work) => work() };
  const collections = Object.values(target).filter(isCollection);
  if (collections.length > 0 && "transaction" in target) {
    return { collections, transaction: (work) => target.transaction(work) };
  }
  throw new TypeError(
    "Cannot persist this: it is neither a Ramify store with collections nor one of them; pass what createStore returned",
  );
}

function isCollection(target: object): target is PersistentCollection {
  return typeof (target as Partial<PersistentCollection>).subscribe === "function";
}
