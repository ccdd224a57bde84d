/**
 * How mapped documents are read: their versions and rows in one statement, and the items of each array in another.
 *
 * @module
 */
import type { Entry } from "../../src/persistence/adapter/adapter.ts";
import { decodeValue, devalueFormat, jsonFormat } from "../../src/persistence/adapter/codec.ts";
import { UnreadableEntryError } from "../../src/persistence/adapter/errors.ts";
import { decodeStoredKey } from "../../src/persistence/adapter/keys.ts";
import { own } from "../../src/shared/own.ts";
import { withMetadata } from "../_sql/documents/layout.ts";
import type { Results } from "../_sql/driver.ts";
import type { FoundDocument } from "../_sql/pages.ts";
import { literal, quote, type SqlRow, type SqlStatement } from "../_sql/statements.ts";
import { isDocument, joinDocument, type RowParts } from "./rows.ts";
import { isLost } from "./stand-in.ts";
import type { EntityTable, MappedArray, MappedType } from "./types.ts";
import type { SqlValue } from "./values.ts";

/** In `rian_documents`, says that a document is in its entity's table; other formats hold it themselves. */
export const inTables = 0;

const itemColumns = "item.rian_array as array, item.rian_id as owner, " +
  `${selectNumber("item.rian_position")} as position`;

/** What others can write to is not sure to be of any type. */
type Row = Readonly<Record<string, unknown>>;
/** A document, with its length where only short ones are read. */
type RootRow = Row & SqlRow & { readonly length?: number };
type Place = { readonly type: string; readonly key: Entry["key"] };

/** Queries as they were made for a type, by the query that finds its documents. */
const texts: WeakMap<MappedType, Map<string, readonly string[]>> = new WeakMap();

/**
 * Reads documents.
 *
 * @param found A query of their rows in `rian_documents`.
 */
export function selectDocuments(
  type: MappedType,
  found: SqlStatement,
  { reverse }: { readonly reverse: boolean } = { reverse: false },
): SqlStatement[] {
  const ofType = getOrSet(texts, type, () => new Map<string, readonly string[]>());
  const made = getOrSet(ofType, found.sql, () => {
    const arrays = [...type.arrays.values()].filter(({ items }) => items.isThere);
    const items = arrays.map((array) => selectItems(array, found.sql));
    return [selectRoots(type, found.sql, reverse), ...items];
  });
  return made.map((sql) => ({ sql, parameters: found.parameters }));
}

/** SQLite may plan a query anew whenever other values are bound to it, but not for those inside of a `with`. */
function selectRoots(type: MappedType, found: string, reverse: boolean): string {
  const [parts, join] = type.isThere
    ? [
      `root.rian_id as root, ${selectParts("root", type)}`,
      `left join ${quote(type.table)} as root on root.rian_id = document.id ` +
      "and root.rian_array is null and document.data is not null",
    ]
    : ["null as root", ""];
  return `with document as materialized (${found}) select document.*, ${parts} from document ` +
    `${join} where ${type.knownGuard} order by document.id ${reverse ? "desc" : "asc"}`;
}

function selectItems({ name, items }: MappedArray, found: string): string {
  return `with document as materialized (${found}) ` +
    `select ${itemColumns}, ${selectParts("item", items)} from ${quote(items.table)} as item ` +
    `where item.rian_array = ${literal(name)} and item.rian_id in ` +
    "(select id from document where data is not null) order by item.rian_id, item.rian_position";
}

/** Of the rows that a query finds in `rian_documents`, leaves out the data of documents that are longer. */
export function ifShort({ sql, parameters }: SqlStatement, maxLength: number): SqlStatement {
  // A document in tables has its length there.
  const length =
    `case format when ${inTables} then cast(data as integer) else octet_length(data) end`;
  return {
    sql:
      "select id, case when length <= ? then data end as data, format, version, metadata, length " +
      `from (select *, ${length} as length from (${sql}))`,
    parameters: [maxLength, ...parameters],
  };
}

/**
 * The documents in what {@link selectDocuments} gave. The rows say what they are, as more may be known of the type by
 * now than when they were asked for.
 */
export function readDocuments(type: MappedType, results: Results): FoundDocument[] {
  const rows = results as readonly (readonly Row[])[];
  const isOfItems = ([first]: readonly Row[]) => first !== undefined && "owner" in first;
  const owned = new Map<unknown, Map<unknown, Row[]>>();
  for (const row of rows.filter(isOfItems).flat()) {
    const byOwner = getOrSet(owned, row["array"], () => new Map<unknown, Row[]>());
    getOrSet(byOwner, row["owner"], (): Row[] => []).push(row);
  }
  const roots: readonly Row[] = rows.filter((each) => !isOfItems(each)).flat();
  return (roots as readonly RootRow[]).map((row) => ({
    encodedKey: row.id,
    // A damaged row may have no id.
    length: (row.length ?? 0) + (row.id?.length ?? 0),
    isWithoutText: row.data === null,
    entry() {
      const items = [...type.arrays].map(([property, array]) => {
        return { property, array, rows: owned.get(array.name)?.get(row.id) ?? [] };
      });
      return entryOfRows(type, row, items);
    },
  }));
}

interface Items {
  readonly property: string;
  readonly array: MappedArray;
  readonly rows: readonly Row[];
}

function entryOfRows(type: MappedType, row: Row & SqlRow, items: readonly Items[]): Entry {
  const key = decodeStoredKey(type.type, row.id);
  const place = { type: type.type, key };
  if (typeof row.version !== "string") throw damaged(place, "its version is no text");
  const value = row.format === inTables
    ? toDocument(type, { row, items }, place)
    : decodeValue({ format: row.format, text: row.data }, place);
  return withMetadata({ key, value, version: row.version }, row.metadata, type.type);
}

function toDocument(
  type: MappedType,
  { row, items }: { readonly row: Row; readonly items: readonly Items[] },
  place: Place,
): unknown {
  if (row["root"] === null) {
    throw damaged(place, `its row in the table ${type.table} is gone`);
  }
  const root = toRowParts(type, row, place);
  const arrays = items.map(({ property, array, rows }) => {
    if (rows.length === 0 && isLost(array, root.exact[property])) {
      throw new UnreadableEntryError(
        place,
        `its ${property} were in the table ${array.items.table}, which was dropped; restore that table, ` +
          "or write or delete the entry",
      );
    }
    assertPositions(rows, property, place);
    return [property, rows.map((item) => toRowParts(array.items, item, place))] as const;
  });
  return joinDocument(type, { root, arrays: new Map(arrays) }, place.key);
}

function toRowParts({ columns }: EntityTable, row: Row, place: Place): RowParts {
  const { rest, exact, parts_format: format } = row;
  const isPlain = rest === null && exact === null && format === null;
  return {
    columns: [...columns.keys()].map((name) => toSqlValue(row[`.${name}`], name, place)),
    rest: isPlain ? own({}) : toRecord({ format, text: rest }, "rian_rest", place),
    exact: isPlain
      ? own({})
      : toRecord({ format: devalueFormat, text: exact }, "rian_exact", place),
    keys: row["keys"] === null ? undefined : toKeys(row["keys"], place),
  };
}

function toSqlValue(value: unknown, name: string, place: Place): SqlValue {
  if (typeof value === "bigint") return Number(value);
  // A column of which nothing was known yet had nothing in it.
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || typeof value === "number") return value;
  throw damaged(place, `its column ${name} holds bytes`);
}

function toRecord(
  { format, text }: { readonly format: unknown; readonly text: unknown },
  column: string,
  place: Place,
): Record<string, unknown> {
  if (typeof text !== "string") throw damaged(place, `its ${column} is no text`);
  const record = decodeValue({ format: Number(format), text }, place);
  if (!isDocument(record)) throw damaged(place, `its ${column} holds no properties`);
  return own(record);
}

function toKeys(text: unknown, place: Place): (string | null)[] {
  const keys = typeof text === "string" && decodeValue({ format: jsonFormat, text }, place);
  if (Array.isArray(keys) && keys.every((key) => typeof key === "string" || key === null)) {
    return keys;
  }
  throw damaged(place, "its rian_keys is no list of names");
}

/** Rows come in the order of their positions; without them, or with one of them twice, there is no order. */
function assertPositions(rows: readonly Row[], property: string, place: Place): void {
  let before: unknown;
  for (const { position } of rows) {
    if (typeof position !== "number" && typeof position !== "bigint" || position === before) {
      throw damaged(place, `an item of ${property} has no rian_position of its own`);
    }
    before = position;
  }
}

function damaged(place: Place, what: string): UnreadableEntryError {
  return new UnreadableEntryError(place, `${what}; restore the row or delete the entry`);
}

/** The columns of a row, by names that no other column has. */
function selectParts(alias: string, { columns }: EntityTable): string {
  const values = [...columns].map(([name, kind]) => {
    const column = `${alias}.${quote(name)}`;
    return `${kind === "text" ? column : selectNumber(column)} as ${quote(`.${name}`)}, `;
  });
  return `${values.join("")}${alias}.rian_rest as rest, ${alias}.rian_exact as exact, ` +
    `${alias}.rian_format as parts_format, ${alias}.rian_keys as keys`;
}

/** A column that may hold integers: another tool may have stored one that drivers refuse to read. */
function selectNumber(column: string): string {
  return `case when ${column} between 9007199254740992 and 1e19 or ` +
    `${column} between -1e19 and -9007199254740992 then ${column} + 0.0 else ${column} end`;
}

function getOrSet<Key, Value>(
  map: { get(key: Key): Value | undefined; set(key: Key, value: Value): unknown },
  key: Key,
  create: () => Value,
): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, value = create());
  return value;
}
