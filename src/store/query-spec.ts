import type { Condition } from "./condition.ts";
import type { Document } from "./field.ts";

/** What a query asks for, as plain data. */
export interface QuerySpec {
  readonly conditions: readonly Condition[];
  readonly filters: readonly ((document: Document) => boolean)[];
  /** The paths to sort by; equal documents follow their primary keys. `undefined` is the order of insertion. */
  readonly order?: readonly string[] | undefined;
  readonly reverse?: boolean;
  readonly offset: number;
  readonly limit: number;
  /** Only documents that come after this one in the order of the query. */
  readonly after?: Document | undefined;
  /** Whether only the key of that document is known. */
  readonly isLost?: boolean;
}

/** Every document, in the order of insertion. */
export const everything: QuerySpec = { conditions: [], filters: [], offset: 0, limit: Infinity };
