import { withDefaults } from "./errors.ts";
import { type Field, fieldOf } from "./field.ts";

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
  /** Fields whose values no two documents may share. */
  readonly unique?: readonly (string | readonly string[])[];
}

/** One index of a collection. */
export interface IndexDefinition extends Field {
  /** The name of its collection. */
  readonly collection: string;
  readonly primaryKey: string;
  readonly kind: "hash" | "multiEntry" | "ordered";
  readonly unique: boolean;
}

/** A collection's schema, checked. */
export interface CollectionDefinition {
  readonly name: string;
  readonly primaryKey: string;
  readonly indexes: readonly IndexDefinition[];
  /** The names of the indexes, each once. */
  readonly indexNames: readonly string[];
}

/**
 * Checks a schema and lists its indexes, each kind of index over the same paths once.
 *
 * @throws {TypeError} if the name is reserved, or the schema has no primary key, a misspelt name, or a path that is not a
 * non-empty string.
 */
export function defineCollection(name: string, schema: UntypedSchema): CollectionDefinition {
  const { primaryKey, indexes, multiEntry, ordered, unique } = withDefaults<UntypedSchema>(
    { primaryKey: "", indexes: [], multiEntry: [], ordered: [], unique: [] },
    `create ${name}`,
    schema,
  );
  const definitions = new Map<string, IndexDefinition>();

  function refuse(problem: string): never {
    throw new TypeError(`Cannot create ${name}: ${problem}`);
  }

  function define(fields: typeof unique, single: IndexDefinition["kind"]) {
    for (const field of fields) {
      const paths = [field].flat();
      if (paths.length === 0 || paths.some((path) => typeof path !== "string" || !path)) {
        refuse("an index needs a field; pass a list of names");
      }
      const twice = fields !== multiEntry && paths.find((path) => multiEntry.includes(path));
      if (twice) refuse(`"${twice}" is in multiEntry and elsewhere; keep one`);
      const kind = paths.length > 1 ? "ordered" : single;
      definitions.set(kind + paths, {
        ...fieldOf(paths),
        collection: name,
        primaryKey,
        kind,
        unique: fields === unique,
      });
    }
  }

  // A store has methods of these names, and no object a property of its own by the last.
  if (["delete", "transaction", "__proto__"].includes(name)) {
    refuse("the name is reserved; choose another");
  }
  // A name with a dot would be read as a path, not as the field of that name.
  if (!/^[^.]+$/.test(primaryKey)) refuse("it has no primaryKey; name a field without dots");
  define(multiEntry, "multiEntry");
  // An index of the elements finds a value that is not in an array as well.
  define(indexes.filter((field) => !multiEntry.includes(field as string)), "hash");
  define(ordered, "ordered");
  define(unique, "hash");
  const all = [...definitions.values()];
  return { name, primaryKey, indexes: all, indexNames: [...new Set(all.map(({ name }) => name))] };
}
