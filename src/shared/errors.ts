import type { Key } from "./key.ts";

/** Details of a {@link ConstraintError}. */
export interface ConstraintDetails extends ErrorOptions {
  /** The collection, or the type of the entry. */
  readonly type: string;
  /** The key of the document that was refused, if it is known. */
  readonly key?: Key | undefined;
  /** The kind of constraint, such as `"primary key"` or `"unique"`. */
  readonly constraint: string;
  /** The field or index that it constrains, such as `"email"`. */
  readonly field?: string | undefined;
}

/**
 * Thrown when a constraint refuses a write, such as a primary key or a unique index that already has the value. Nothing
 * was written, and trying again is no use.
 */
export class ConstraintError extends Error {
  /** Always `"ConstraintError"`; tells it from other errors across realms. */
  override readonly name = "ConstraintError";
  /** The collection, or the type of the entry. */
  declare readonly type: string;
  /** The key of the document that was refused, if it is known. */
  declare readonly key?: Key | undefined;
  /** The kind of constraint, such as `"primary key"` or `"unique"`. */
  declare readonly constraint: string;
  /** The field or index that it constrains, such as `"email"`. */
  declare readonly field?: string | undefined;

  /** Makes an error with a message for people and details for programs. */
  constructor(message: string, details: ConstraintDetails) {
    super(message, details);
    Object.assign(this, details);
  }
}
