import type { Condition } from "./condition.ts";
import type { Document } from "./field.ts";

/** What a query asks for, as plain data. */
export interface QuerySpec {
  readonly conditions: readonly Condition[];
  readonly filters: readonly ((document: Document) => boolean)[];
  /** The paths to sort by; equal documents follow their primary keys. `undefined` is the order of insertion. */
  readonly order: readonly string[] | undefined;
  readonly reverse: boolean;
  readonly offset: number;
  readonly limit: number;
  /** The document that all others come after, in the order of the query. */
  readonly after: Document | undefined;
  /** Whether `after` holds nothing but a key, because there is no such document. */
  readonly isLost: boolean;
}

/** Every document, in the order of insertion. */
export const everything: QuerySpec = {
  conditions: [],
  filters: [],
  order: undefined,
  reverse: false,
  offset: 0,
  limit: Infinity,
  after: undefined,
  isLost: false,
};
