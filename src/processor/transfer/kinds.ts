import { hasMethods, type Kind } from "../../shared/kinds.ts";

/** The kind of an adapter. */
export const adapterKind: Kind = {
  fits: (value) => hasMethods(value, "get", "list", "commit"),
  cure: "an adapter, such as new SqliteStore(path)",
  isRequired: true,
};

/** The kind of the lines of an import. */
export const linesKind: Kind = {
  fits: isIterable,
  cure: "lines, such as those of exportInstances",
  isRequired: true,
};

/** The kind of the addresses of an export. */
export const addressesKind: Kind = {
  fits: isIterable,
  cure: "a list of { type, id }",
  isRequired: true,
};

function isIterable(value: unknown): boolean {
  const methods = value as Partial<AsyncIterable<string> & Iterable<string>> | null | undefined;
  return typeof value === "object" && value !== null &&
    (methods?.[Symbol.asyncIterator] ?? methods?.[Symbol.iterator]) !== undefined;
}
