import type { IndexDefinition } from "./definition.ts";
import { ConstraintError } from "./errors.ts";
import type { Document } from "./field.ts";
import { describe, isScalar } from "./scalar.ts";

/** What a table asks of an index. A slot is the place of a document in its table. */
export interface Index {
  readonly definition: IndexDefinition;
  add(slot: number, document: Document): void;
  delete(slot: number, document: Document): void;
  /** The slots of the documents that have a value, or hold it, ascending. */
  find(value: unknown): number[];
  /** How many documents {@link find} would find. */
  count(value: unknown): number;
}

/** Whether an index sees a difference between two documents. */
export function isTouched(
  { kind, read, compare }: IndexDefinition,
  before: Document,
  after: Document,
): boolean {
  const old = read(before);
  const value = read(after);
  // An update shares the arrays that it does not change.
  return old !== value && (kind === "multi-entry" || compare(old, value) !== 0);
}

/**
 * Throws where a document cannot stand in a slot, before anything is changed.
 *
 * @throws {TypeError} where the index cannot hold a value.
 * @throws {ConstraintError} where another document has the value of a unique index.
 */
export function assertFits(index: Index, slot: number, document: Document): void {
  const { definition: { collection, name, kind, paths, read, unique } } = index;
  const value = read(document);
  const isList = kind === "multi-entry" || paths.length > 1;
  const parts = isList && Array.isArray(value) ? value : [value];
  for (const part of parts) {
    if (isScalar(part)) continue;
    throw new TypeError(
      `Cannot write to ${collection}: "${name}" is indexed and holds ${describe(part)}; ${
        Array.isArray(part)
          ? "list the field in multiEntry"
          : "index a field of strings, numbers, bigints, booleans, valid Dates or null"
      }`,
    );
  }
  if (!unique || parts.some((part) => part === undefined || part === null)) return;
  const [found = slot] = index.find(value);
  if (found === slot) return;
  throw new ConstraintError(
    `Cannot write to ${collection}: another document has the same "${name}", which is unique; change one of them`,
    { collection, index: name },
  );
}
