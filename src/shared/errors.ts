import type { Key } from "./key.ts";

/** Details of a {@link ConstraintError}. */
export interface ConstraintDetails extends ErrorOptions {
  /** The collection, or the type of the entry. */
  readonly type: string;
  /** The key of the document that was refused, if it is known. */
  readonly key?: Key | undefined;
  /** The kind of constraint, such as `"primary key"`, `"unique"`, `"not null"`, `"check"`, `"foreign key"` or `"trigger"`. */
  readonly constraint: string;
  /** The field or index that it constrains, such as `"email"`, if it is known to be one. */
  readonly field?: string | undefined;
  /** The table of an SQL database that it stands on, if that is known. */
  readonly table?: string | undefined;
  /** The columns that it names. */
  readonly columns?: readonly string[] | undefined;
  /** Where in the document that is, such as `"items.title"`, where `field` alone does not say. */
  readonly path?: string | undefined;
}

/**
 * Thrown by a collection or an adapter when a constraint refuses a write, such as a primary key or a unique index that
 * already has the value. Nothing was written, and trying again is no use.
 */
export class ConstraintError extends Error {
  /** Always `"ConstraintError"`; tells it from other errors across realms. */
  override readonly name = "ConstraintError";
  /** The collection, or the type of the entry. */
  declare readonly type: string;
  /** The key of the document that was refused, if it is known. */
  declare readonly key?: Key | undefined;
  /** The kind of constraint, such as `"primary key"`, `"unique"`, `"not null"`, `"check"`, `"foreign key"` or `"trigger"`. */
  declare readonly constraint: string;
  /** The field or index that it constrains, such as `"email"`, if it is known to be one. */
  declare readonly field?: string | undefined;
  /** The table of an SQL database that it stands on, if that is known. */
  declare readonly table?: string | undefined;
  /** The columns that it names. */
  declare readonly columns?: readonly string[] | undefined;
  /** Where in the document that is, such as `"items.title"`, where `field` alone does not say. */
  declare readonly path?: string | undefined;

  /** Makes an error with a message for people and details for programs. */
  constructor(message: string, details: ConstraintDetails) {
    super(message, details);
    Object.assign(this, details);
  }
}
