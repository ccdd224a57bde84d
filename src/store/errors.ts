/** The error of a query that cannot run: what is wrong, and what to do. */
export function cannotQuery(
  { collection, name }: { readonly collection: string; readonly name: string },
  problem: string,
): TypeError {
  return new TypeError(`Cannot query ${collection} by "${name}": ${problem}`);
}

/** Thrown when a primary key or a unique index already has the value that a write would add. Nothing was written. */
export class ConstraintError extends Error {
  /** Tells this error from others across realms. */
  override readonly name = "ConstraintError";
  /** The collection that refused the write. */
  readonly collection: string;
  /** The primary key or the unique index that has the value, such as `"email"`. */
  readonly index: string;

  /** Makes an error that names the collection and the index. */
  constructor(message: string, details: { collection: string; index: string }) {
    super(message);
    this.collection = details.collection;
    this.index = details.index;
  }
}
