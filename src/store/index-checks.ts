import { describe } from "../shared/describe.ts";
import { ConstraintError } from "../shared/errors.ts";
import type { Key } from "../shared/key.ts";
import type { IndexDefinition } from "./definition.ts";
import type { Document } from "./field.ts";
import type { Index } from "./index.ts";
import { isScalar } from "./scalar.ts";

/** Returns whether an index sees a difference between two documents. */
export function isTouched(
  { kind, read, compare }: IndexDefinition,
  before: Document,
  after: Document,
): boolean {
  const old = read(before);
  const value = read(after);
  // An update shares the arrays that it leaves as they are.
  return old !== value && (kind === "multiEntry" || compare(old, value) !== 0);
}

/**
 * Throws if a document cannot stand in a slot, before anything is changed.
 *
 * @throws {TypeError} if the index cannot hold a value.
 * @throws {ConstraintError} if another document has the value of a unique index.
 */
export function assertFits(index: Index, slot: number, document: Document): void {
  const { definition } = index;
  const value = definition.read(document);
  if (Array.isArray(value) && (definition.kind === "multiEntry" || definition.paths.length > 1)) {
    for (const part of value) assertIndexable(definition, part);
  } else assertIndexable(definition, value);
  if (definition.unique && isTaken(index, slot, value)) throw taken(definition, document);
}

function assertIndexable(
  { collection, kind, name, paths }: IndexDefinition,
  value: unknown,
): void {
  if (isScalar(value)) return;
  throw new TypeError(
    `Cannot write to ${collection}: "${name}" is indexed and holds ${describe(value)}; ${
      Array.isArray(value) && kind !== "multiEntry" && paths.length === 1
        ? "move the field to multiEntry"
        : "use a string, number, boolean or valid Date"
    }`,
  );
}

/** Returns whether another document has the value. Values of which a part is missing are exempt. */
function isTaken(index: Index, slot: number, value: unknown): boolean {
  return [value].flat().every((part) => part !== undefined && part !== null) &&
    index.find(value).some((found) => found !== slot);
}

function taken(
  { collection, name, primaryKey }: IndexDefinition,
  document: Document,
): ConstraintError {
  return new ConstraintError(
    `Cannot write to ${collection}: another document has the same "${name}", which is unique; change one of them`,
    { type: collection, key: document[primaryKey] as Key, constraint: "unique", field: name },
  );
}
