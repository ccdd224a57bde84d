/**
 * Documents as rows and back. A property is in its column, and also among the exact values where the column does
 * not give it back by itself; what has no column is in the rest.
 *
 * @module
 */
import { isStandIn, standIn } from "./stand-in.ts";
import type { EntityTable, MappedType } from "./types.ts";
import { fromColumn, isExact, isSame, isStructure, type SqlValue, toColumn } from "./values.ts";

type Document = Record<string, unknown>;

/** A document, or an item of one, as a row keeps it. */
export interface RowParts {
  /** The values of the columns, in their order. */
  readonly columns: readonly SqlValue[];
  /** What has no column, or is of a kind that no column holds. */
  readonly rest: Document;
  /** Values that their columns hold only nearly; of arrays whose items are rows, what stands for them. */
  readonly exact: Document;
  /**
   * The keys in order, where that is not the order in which parts are joined. It begins with `null` in a
   * document that does not have its own key as a property.
   */
  readonly keys: readonly (string | null)[] | undefined;
}

/** A whole document, as rows keep it. */
export interface DocumentParts {
  readonly root: RowParts;
  /** The items of each mapped array. */
  readonly arrays: ReadonlyMap<string, readonly RowParts[]>;
}

/** Whether this is a value that rows can hold: a plain object. */
export function isDocument(value: unknown): value is Document {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The rows of a document. `key` is what it is stored under. */
export function splitDocument(type: MappedType, document: Document, key: unknown): DocumentParts {
  const { pk, columns } = type;
  const arrays = new Map<string, RowParts[]>();
  for (const [name, { items }] of type.arrays) {
    const value = Object.hasOwn(document, name) ? document[name] : undefined;
    if (!isListOfDocuments(value)) continue;
    const order = [...items.columns.keys()];
    arrays.set(name, value.map((item) => splitRow(items, item, { order })));
  }
  const elsewhere = new Set(arrays.keys());
  if (Object.hasOwn(document, pk) && Object.is(document[pk], key)) elsewhere.add(pk);
  const order = [pk, ...columns.keys(), ...type.arrays.keys()];
  const { keys, ...root } = splitRow(type, document, { order, elsewhere });
  for (const [name, { length }] of arrays) {
    root.exact[name] = standIn(type.arrays.get(name)!, length);
  }
  const hasPk = Object.hasOwn(document, pk);
  return { root: { ...root, keys: hasPk ? keys : [null, ...keys ?? []] }, arrays };
}

/** The document of some rows. */
export function joinDocument(
  type: MappedType,
  { root, arrays }: DocumentParts,
  key: unknown,
): Document {
  const { pk } = type;
  const parts = new Map<string, unknown>();
  if (root.keys?.[0] !== null && !Object.hasOwn(root.rest, pk)) parts.set(pk, key);
  readColumns(parts, type, root);
  for (const [name, items] of arrays) {
    if (items.length === 0 && !isStandIn(root.exact[name])) continue;
    const { items: table } = type.arrays.get(name)!;
    // Its place is not that of a column which the property had before, or has since.
    parts.delete(name);
    parts.set(name, items.map((item) => joinRow(table, item)));
  }
  return inOrder(parts, root);
}

const nowhere: ReadonlySet<string> = new Set();

function splitRow(
  { columns, limits }: EntityTable,
  document: Document,
  { order, elsewhere = nowhere }: {
    readonly order: readonly string[];
    readonly elsewhere?: ReadonlySet<string>;
  },
): RowParts {
  const columnValues: SqlValue[] = [];
  const exact: Document = {};
  for (const [name, kind] of columns) {
    const isHere = Object.hasOwn(document, name) && !elsewhere.has(name);
    const value = isHere ? document[name] : undefined;
    const stored = toColumn(value, limits.get(name));
    columnValues.push(stored);
    if (!isHere || isStructure(value)) continue;
    if (stored === null || !isExact(kind, value)) exact[name] = value;
  }
  const rest: Document = {};
  for (const name of Object.keys(document)) {
    const hasColumn = columns.has(name) && !isStructure(document[name]);
    if (!hasColumn && !elsewhere.has(name)) rest[name] = document[name];
  }
  return { columns: columnValues, rest, exact, keys: keysOf(document, { order, rest }) };
}

function joinRow(table: EntityTable, item: RowParts): Document {
  const parts = new Map<string, unknown>();
  readColumns(parts, table, item);
  return inOrder(parts, item);
}

function readColumns(
  parts: Map<string, unknown>,
  { columns, limits }: EntityTable,
  { columns: values, exact }: RowParts,
): void {
  let index = 0;
  for (const [name, kind] of columns) {
    const stored = values[index++]!;
    const isNear = Object.hasOwn(exact, name);
    // Another tool may have changed the column since.
    if (isNear && isSame(stored, toColumn(exact[name], limits.get(name)))) {
      parts.set(name, exact[name]);
    } else if (stored !== null) parts.set(name, fromColumn(kind, stored, exact[name]));
  }
}

function isListOfDocuments(value: unknown): value is Document[] {
  if (!Array.isArray(value)) return false;
  for (let index = 0; index < value.length; index++) {
    if (!isDocument(value[index])) return false;
  }
  return true;
}

/** The keys of a document, unless {@link inOrder} would find the same order by itself. */
function keysOf(
  document: Document,
  { order, rest }: { readonly order: readonly string[]; readonly rest: Document },
): readonly string[] | undefined {
  const keys = Object.keys(document);
  const inParts = order.filter((name) => {
    return Object.hasOwn(document, name) && !Object.hasOwn(rest, name);
  });
  const expected = [...inParts, ...Object.keys(rest)];
  const isExpected = keys.length === expected.length &&
    keys.every((key, index) => key === expected[index]);
  return isExpected ? undefined : keys;
}

function inOrder(
  parts: ReadonlyMap<string, unknown>,
  { rest, keys }: Pick<RowParts, "rest" | "keys">,
): Document {
  const document: Document = {};
  // Keys first that were there, then what another tool has added to a column since.
  for (const key of [...keys ?? [], ...parts.keys(), ...Object.keys(rest)]) {
    if (key === null || Object.hasOwn(document, key)) continue;
    if (parts.has(key)) document[key] = parts.get(key);
    else if (Object.hasOwn(rest, key)) document[key] = rest[key];
  }
  return document;
}
