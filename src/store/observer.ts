/** What happened to documents: they were added, changed or deleted, or the collection was cleared. */
export type Operation = "create" | "update" | "delete" | "clear";

/** The documents of a change, in the order of its keys. */
export interface Change<T extends object> {
  /** The documents before; `undefined` if there was none. */
  readonly before: readonly (Readonly<T> | undefined)[];
  /** The documents after; `undefined` if there is none any more. */
  readonly after: readonly (Readonly<T> | undefined)[];
  /** What the calls have in common that report one write, bulk write or transaction: the same object in each. */
  readonly transaction: object;
}

/** Options of an observer. */
export interface ObserverOptions {
  /**
   * Also reports deletes that found no document, whose `change.before` is `undefined`, and clears of an empty
   * collection. An observer that copies the collection elsewhere needs these, as there may be more to delete there.
   */
  readonly misses?: boolean;
}

/**
 * Receives every change once it is whole.
 *
 * A write, a bulk write or a transaction makes at most one call for each operation: what happened to a document
 * in between does not show, and a document that was added and deleted again is not mentioned. A `clear` is reported
 * apart from what was written before and after it.
 */
export type Observer<T extends object, K> = (
  type: Operation,
  keys: readonly K[],
  change: Change<T>,
) => void | Promise<void>;
