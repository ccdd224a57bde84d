import { compare, compareLists, isObject } from "./scalar.ts";

/** A stored document, whose fields the store does not know. */
export type Document = Readonly<Record<string, unknown>>;

/** What an index, a comparison or an order reads of a document: one path, or a list of them. */
export interface Field {
  readonly paths: readonly string[];
  /** The path, or the paths joined by `+`. */
  readonly name: string;
  /** Returns a document's value, or the list of its values if there are several paths. */
  readonly read: (document: Document) => unknown;
  /** Orders what `read` returns. */
  readonly compare: (a: unknown, b: unknown) => number;
}

/** Makes the field of some dotted paths. */
export function fieldOf(paths: readonly string[]): Field {
  const readers = paths.map(reader);
  const isOne = readers.length === 1;
  return {
    paths,
    name: paths.join("+"),
    read: isOne ? readers[0]! : (document) => readers.map((read) => read(document)),
    compare: isOne ? compare : compareLists,
  };
}

/** Makes a reader of what a dotted path leads to, which returns `undefined` if it leads nowhere. */
function reader(path: string): Field["read"] {
  const names = path.split(".");
  // Every object inherits a `constructor`, and what libraries add, which are not fields.
  if (names.length === 1 && !(path in Object.prototype)) {
    return (document) => document[path];
  }
  return (document) => {
    let value: unknown = document;
    for (const name of names) {
      if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
      value = (value as Document)[name];
    }
    return value;
  };
}
