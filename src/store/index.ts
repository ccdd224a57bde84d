import type { IndexDefinition } from "./definition.ts";
import { ConstraintError } from "./errors.ts";
import type { Document } from "./path.ts";
import { describe, isScalar } from "./scalar.ts";

/** What a table asks of an index. A slot is the place of a document in its table. */
export interface Index {
  readonly definition: IndexDefinition;
  /** Throws where a document cannot stand in a slot, before anything is changed. */
  check(slot: number, document: Document): void;
  insert(slot: number, document: Document): void;
  remove(slot: number, document: Document): void;
  replace(slot: number, before: Document, after: Document): void;
  /** The slots of the documents that have a value, or hold it, ascending. */
  find(value: unknown): readonly number[];
  /** How many documents {@link find} would find. */
  count(value: unknown): number;
  /** Renames every slot after the table moved its documents together. */
  renumber(renumbered: readonly number[]): void;
}

/** @throws {TypeError} unless an index can hold the value. */
export function assertIndexable(definition: IndexDefinition, value: unknown): void {
  if (isScalar(value)) return;
  const instead = Array.isArray(value)
    ? "list the field in multiEntry"
    : "index a field of strings, numbers, bigints, booleans, valid Dates or null";
  throw new TypeError(
    `Cannot write to ${definition.collection}: "${definition.name}" is indexed and holds ${
      describe(value)
    }; ${instead}`,
  );
}

/** @throws {ConstraintError} when `found` holds another slot than the one about to be written. */
export function assertUnique(
  definition: IndexDefinition,
  found: readonly number[],
  slot: number,
): void {
  if (found.length === 0 || found[0] === slot) return;
  throw new ConstraintError(
    `Cannot write to ${definition.collection}: another document has the same "${definition.name}", which is unique; change one of them`,
    { collection: definition.collection, index: definition.name },
  );
}
