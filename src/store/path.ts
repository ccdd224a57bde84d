/** A stored document, whose fields the store does not know. */
export type Document = Readonly<Record<string, unknown>>;

/** Reads one value out of a document. */
export type Reader = (document: Document) => unknown;

/** The reader of a dotted path; it answers `undefined` where the path leads nowhere. */
export function reader(path: string): Reader {
  if (!path.includes(".")) return (document) => document[path];
  const names = path.split(".");
  return (document) => {
    let value: unknown = document;
    for (const name of names) {
      if (typeof value !== "object" || value === null) return undefined;
      value = (value as Document)[name];
    }
    return value;
  };
}
