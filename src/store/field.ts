import type { CollectionDefinition, IndexDefinition } from "./definition.ts";
import { compareLists } from "./ordered-index.ts";
import { type Reader, reader } from "./path.ts";
import { compare } from "./scalar.ts";

/** What a `where` compares: one path of a document, or the several paths of a compound index. */
export interface Field {
  readonly collection: string;
  readonly paths: readonly string[];
  readonly name: string;
  readonly read: Reader;
  readonly compare: (a: unknown, b: unknown) => number;
  readonly isPrimaryKey: boolean;
  readonly isMultiEntry: boolean;
  readonly isOrdered: boolean;
}

/**
 * Finds what an index knows a field by.
 *
 * @param fixed the paths that a query already holds equal, after which the next one of a compound index is in order.
 * @throws {TypeError} when no index helps to find documents by the field.
 */
export function fieldOf(
  definition: CollectionDefinition,
  path: string | readonly string[],
  fixed: readonly string[],
): Field {
  const paths = typeof path === "string" ? [path] : path;
  const name = paths.join("+");
  const helps = (index: IndexDefinition) => {
    if (paths.length > 1) return index.name === name;
    const position = index.paths.indexOf(name);
    return position >= 0 && index.paths.slice(0, position).every((other) => fixed.includes(other));
  };
  const indexes = definition.indexes.filter(helps);
  const isPrimaryKey = name === definition.primaryKey;
  if (indexes.length === 0 && !isPrimaryKey) {
    throw new TypeError(
      `Cannot query ${definition.name} by "${name}": it has no index; add one to the schema, or use filter`,
    );
  }
  const readers = paths.map(reader);
  return {
    collection: definition.name,
    paths,
    name,
    read: paths.length === 1 ? readers[0]! : (document) => readers.map((read) => read(document)),
    compare: paths.length === 1 ? compare : compareLists,
    isPrimaryKey,
    isMultiEntry: indexes.some((index) => index.kind === "multi-entry"),
    isOrdered: indexes.some((index) => index.kind === "ordered"),
  };
}
