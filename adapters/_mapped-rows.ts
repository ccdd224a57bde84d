/**
 * Documents as rows and back. What its column gives back exactly is in the column; all else is in the rest, which is
 * stored as JSON beside it. A value may be in both, when the column holds it only nearly.
 *
 * @module
 */
import type { ColumnKind, EntityTable, MappedType } from "./_mapped-schema.ts";

export type SqlValue = string | number | null;
type Document = Record<string, unknown>;

/** A document, or an item of one, taken apart. */
export interface TakenApart {
  /** The key property of an item. */
  readonly pk: SqlValue;
  /** The values of the columns, in their order. */
  readonly columns: readonly SqlValue[];
  readonly rest: Document;
  /** The keys in order, where that is not the order in which parts are put together. */
  readonly keys: readonly string[] | null;
}

/** A whole document, taken apart. */
export interface Dissected {
  readonly root: TakenApart;
  /** The items of each mapped array. */
  readonly arrays: ReadonlyMap<string, readonly TakenApart[]>;
}

/** Whether this is a value that rows can hold: a plain object. */
export function isDocument(value: unknown): value is Document {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Takes a document apart. `key` is what it is stored under. */
export function dissect(type: MappedType, document: Document, key: unknown): Dissected {
  const arrays = new Map<string, TakenApart[]>();
  const rest: Document = {};
  for (const [name, { items }] of type.arrays) {
    const value = document[name];
    if (Array.isArray(value) && value.length > 0 && isListOfDocuments(value)) {
      arrays.set(name, value.map((item) => takeApart(items, item)));
    }
  }
  for (const name of Object.keys(document)) {
    const inTable = arrays.has(name) || type.columns.has(name);
    if (!inTable && !(name === type.pk && document[name] === key)) rest[name] = document[name];
  }
  const columns = columnValues(type, document, rest);
  const order = [type.pk, ...type.columns.keys(), ...arrays.keys()];
  return { root: { pk: null, columns, rest, keys: keysOf(document, { order, rest }) }, arrays };
}

/** Puts a document together again. */
export function assemble(
  type: MappedType,
  { root, arrays }: Dissected,
  key: unknown,
): Document {
  const parts = new Map<string, unknown>([[type.pk, key], ...columnParts(type, root.columns)]);
  for (const [name, items] of arrays) {
    if (items.length === 0) continue;
    parts.set(name, items.map((item) => putTogether(type.arrays.get(name)!.items, item)));
  }
  return inOrder(parts, root);
}

function takeApart(table: EntityTable, item: Document): TakenApart {
  const rest: Document = {};
  const id = item[table.pk];
  const hasPlainId = typeof id === "string" && isPlainText(id) ||
    typeof id === "number" && isExact(id);
  for (const name of Object.keys(item)) {
    if (!table.columns.has(name) && !(name === table.pk && hasPlainId)) rest[name] = item[name];
  }
  const columns = columnValues(table, item, rest);
  const order = [table.pk, ...table.columns.keys()];
  return { pk: hasPlainId ? id : null, columns, rest, keys: keysOf(item, { order, rest }) };
}

function putTogether(table: EntityTable, { pk, columns, ...others }: TakenApart): Document {
  const parts = new Map<string, unknown>(columnParts(table, columns));
  if (pk !== null) parts.set(table.pk, pk);
  return inOrder(parts, others);
}

/** What each column holds; values that it would not give back as they are go into the rest as well. */
function columnValues(table: EntityTable, document: Document, rest: Document): SqlValue[] {
  return [...table.columns].map(([name, kind]) => {
    if (!Object.hasOwn(document, name)) return null;
    const value = document[name];
    const stored = toColumn(kind, value);
    if (stored === null || fromColumn(kind, stored) !== value || !isPlain(stored)) {
      rest[name] = value;
    }
    return stored;
  });
}

function toColumn(kind: ColumnKind, value: unknown): SqlValue {
  if (kind === "text") return typeof value === "string" && isPlainText(value) ? value : null;
  if (kind === "boolean") return typeof value === "boolean" ? Number(value) : null;
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  return kind === "real" || Number.isSafeInteger(value) ? value : null;
}

function fromColumn(kind: ColumnKind, stored: SqlValue): unknown {
  return kind === "boolean" ? stored === 1 : stored;
}

function isPlain(stored: SqlValue): boolean {
  return typeof stored !== "number" || isExact(stored);
}

/** Whether a number survives as decimal text of 15 digits, which is what SQLite promises. */
function isExact(number: number): boolean {
  return Number(number.toPrecision(15)) === number && !Object.is(number, -0) &&
    (!Number.isInteger(number) || Number.isSafeInteger(number));
}

/** Databases cut text at NUL, and keep no lone surrogates. */
function isPlainText(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

function isListOfDocuments(values: readonly unknown[]): values is Document[] {
  for (let index = 0; index < values.length; index++) {
    if (!isDocument(values[index])) return false;
  }
  return true;
}

function columnParts(table: EntityTable, values: readonly SqlValue[]): [string, unknown][] {
  const parts = [...table.columns].map(([name, kind], index): [string, unknown] => {
    const stored = values[index] ?? null;
    return [name, stored === null ? undefined : fromColumn(kind, stored)];
  });
  return parts.filter(([, value]) => value !== undefined);
}

/** The keys of a document, unless {@link inOrder} would find the same order by itself. */
function keysOf(
  document: Document,
  { order, rest }: { order: readonly string[]; rest: Document },
): readonly string[] | null {
  const keys = Object.keys(document);
  const inParts = order.filter((name) =>
    Object.hasOwn(document, name) && !Object.hasOwn(rest, name)
  );
  const expected = [...inParts, ...Object.keys(rest)];
  const isExpected = keys.length === expected.length &&
    keys.every((key, index) => key === expected[index]);
  return isExpected && Object.hasOwn(document, order[0]!) ? null : keys;
}

function inOrder(
  parts: ReadonlyMap<string, unknown>,
  { rest, keys }: Pick<TakenApart, "rest" | "keys">,
): Document {
  const inParts = [...parts.keys()].filter((name) => !Object.hasOwn(rest, name));
  const document: Document = {};
  for (const key of keys ?? [...inParts, ...Object.keys(rest)]) {
    document[key] = Object.hasOwn(rest, key) ? rest[key] : parts.get(key);
  }
  return document;
}
