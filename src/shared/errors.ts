import type { Key } from "./key.ts";

/** What a {@link ConstraintError} says beside its message. */
export interface ConstraintDetails extends ErrorOptions {
  /** The collection, or the type of the entry. */
  readonly type: string;
  /** The key of the document that was refused, where it is known. */
  readonly key?: Key | undefined;
  /** Which kind of constraint refused it, such as `"primary key"` or `"unique"`. */
  readonly constraint: string;
  /** The field or index that the constraint is on, such as `"email"`. */
  readonly field?: string | undefined;
}

/**
 * Thrown when a constraint refuses a write, such as a primary key or a unique index that has the value already. Nothing
 * was written, and trying again is no use.
 */
export class ConstraintError extends Error {
  /** Tells this error from others across realms. */
  override readonly name = "ConstraintError";
  /** The collection, or the type of the entry. */
  declare readonly type: string;
  /** The key of the document that was refused, where it is known. */
  declare readonly key?: Key | undefined;
  /** Which kind of constraint refused it, such as `"primary key"` or `"unique"`. */
  declare readonly constraint: string;
  /** The field or index that the constraint is on, such as `"email"`. */
  declare readonly field?: string | undefined;

  /** Makes an error with a message for people and details for programs. */
  constructor(message: string, details: ConstraintDetails) {
    super(message, details);
    Object.assign(this, details);
  }
}
