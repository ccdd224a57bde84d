import { type Reader, reader } from "./path.ts";

/** The parts of a {@link Schema} that matter at run time. */
export interface UntypedSchema {
  /** The field that identifies a document. */
  readonly primaryKey: string;
  /** Fields to find documents by. */
  readonly indexes?: readonly (string | readonly string[])[];
  /** Array fields to find documents by their elements. */
  readonly multiEntry?: readonly string[];
  /** Fields to find documents by range and to sort by. */
  readonly ordered?: readonly (string | readonly string[])[];
  /** Fields that no two documents may have the same values in. */
  readonly unique?: readonly (string | readonly string[])[];
}

/** One index of a collection. */
export interface IndexDefinition {
  /** The collection that it belongs to. */
  readonly collection: string;
  /** The path, or the paths joined by `+`. */
  readonly name: string;
  readonly paths: readonly string[];
  readonly readers: readonly Reader[];
  /** The fields of a document that the paths start from. */
  readonly roots: readonly string[];
  readonly kind: "hash" | "multi-entry" | "ordered";
  readonly unique: boolean;
}

/** A collection's schema, checked. */
export interface CollectionDefinition {
  readonly name: string;
  readonly primaryKey: string;
  readonly indexes: readonly IndexDefinition[];
}

/**
 * Checks a schema and lists its indexes, each kind of index over the same paths once.
 *
 * @throws {TypeError} when the schema has no primary key, or a path that is not a non-empty string.
 */
export function defineCollection(name: string, schema: UntypedSchema): CollectionDefinition {
  const { primaryKey, indexes = [], multiEntry = [], ordered = [], unique = [] } = schema;
  const definitions = new Map<string, IndexDefinition>();

  function define(paths: readonly string[], kind: IndexDefinition["kind"], isUnique: boolean) {
    if (paths.length === 0 || paths.some((path) => typeof path !== "string" || path === "")) {
      throw new TypeError(`Cannot create ${name}: an index needs the name of a field; name one`);
    }
    const definition: IndexDefinition = {
      collection: name,
      name: paths.join("+"),
      paths,
      readers: paths.map(reader),
      roots: paths.map((path) => path.split(".")[0]!),
      kind,
      unique: isUnique,
    };
    definitions.set(`${kind} ${definition.name}`, definition);
  }

  if (typeof primaryKey !== "string" || primaryKey === "") {
    throw new TypeError(`Cannot create ${name}: it has no primaryKey; name the field`);
  }
  for (const path of multiEntry) define([path], "multi-entry", false);
  for (const [list, isUnique] of [[indexes, false], [ordered, false], [unique, true]] as const) {
    for (const entry of list) {
      const paths = typeof entry === "string" ? [entry] : entry;
      const twice = paths.find((path) => multiEntry.includes(path));
      if (twice !== undefined) {
        throw new TypeError(
          `Cannot create ${name}: "${twice}" is in multiEntry and again elsewhere; keep one`,
        );
      }
      define(paths, list === ordered || paths.length > 1 ? "ordered" : "hash", isUnique);
    }
  }
  return { name, primaryKey, indexes: [...definitions.values()] };
}
