/**
 * How mapped documents are read: their versions and rows in one statement, and the items of each array in another.
 *
 * @module
 */
import type { Entry } from "../src/persistence/adapter.ts";
import type { Range } from "../src/persistence/base-adapter.ts";
import { decodeValue } from "../src/persistence/codec.ts";
import { UnreadableEntryError } from "../src/persistence/errors.ts";
import { keyOfId } from "../src/persistence/keys.ts";
import { assemble, isDocument, type TakenApart } from "./_mapped-rows.ts";
import { DOCUMENTS } from "./_mapped-tables.ts";
import type { EntityTable, MappedType } from "./_mapped-types.ts";
import { EXACT_FORMAT } from "./_mapped-write.ts";
import type { SqlValue } from "./_mapped-values.ts";
import { DocumentTable } from "./_sql-document-table.ts";
import { type FoundDocument, type Results, withMetadata } from "./_sql-layout.ts";
import { quote, type SqlRow, type SqlStatement } from "./_sql-statements.ts";

/** In `rian_documents`, says that a document is in its entity's table; other formats hold it themselves. */
export const IN_TABLES = 0;

const documents = new DocumentTable(quote(DOCUMENTS));
const DOCUMENT = "document.id, document.data, document.format, document.version, document.metadata";
const ITEM = "item.rian_array as array, item.rian_id as owner, " +
  `${selectNumber("item.rian_position")} as position`;

/** What others can write to is not sure to be of any type. */
type Row = Readonly<Record<string, unknown>>;
type Place = { readonly type: string; readonly key: Entry["key"] };

/** Reads the documents of a range, or the one of an id. */
export function selectDocuments(
  type: MappedType,
  where: string | Range,
  now: number,
): SqlStatement[] {
  const found = typeof where === "string"
    ? documents.selectEntry(type.type, where, now)
    : documents.selectRange(type.type, where, now);
  const direction = typeof where !== "string" && where.reverse ? "desc" : "asc";
  const roots: SqlStatement = {
    sql: `select ${DOCUMENT}, root.rian_id as root, ${selectParts("root", type)} ` +
      `from (${found.sql}) as document left join ${quote(type.table)} as root ` +
      "on root.rian_id = document.id and root.rian_array is null " +
      `order by document.id ${direction}`,
    parameters: found.parameters,
  };
  const items = [...type.arrays.values()].map(({ name, items }): SqlStatement => ({
    sql: `select ${ITEM}, ${selectParts("item", items)} from ${quote(items.table)} as item ` +
      `where item.rian_array = ? and item.rian_id in (select id from (${found.sql})) ` +
      "order by item.rian_id, item.rian_position",
    parameters: [name, ...found.parameters],
  }));
  return [roots, ...items];
}

/**
 * The entries in what {@link selectDocuments} gave. The rows say what they are, as more may be known of the type by
 * now than when they were asked for.
 */
export function readDocuments(type: MappedType, [roots, ...items]: Results): FoundDocument[] {
  const rows = items as readonly (readonly Row[])[];
  const owned = new Map(rows.map((each) => [each[0]?.["array"], groupByOwner(each)]));
  const arrays = [...type.arrays].map(([property, array]) => {
    return { property, table: array.items, byOwner: owned.get(array.name) };
  });
  return (roots as readonly (Row & SqlRow)[]).map((row) => {
    const items = arrays.map(({ property, table, byOwner }) => {
      return { property, table, rows: byOwner?.get(row.id) ?? [] };
    });
    const length = items.flatMap(({ rows }) => rows).reduce((sum, each) => {
      return sum + lengthOf(each);
    }, lengthOf(row));
    return { entry: () => toEntry(type, row, items), id: row.id, length };
  });
}

interface Items {
  readonly property: string;
  readonly table: EntityTable;
  readonly rows: readonly Row[];
}

function toEntry(type: MappedType, row: Row & SqlRow, items: readonly Items[]): Entry {
  const key = keyOfId(type.type, row.id);
  const place = { type: type.type, key };
  if (typeof row.version !== "string") throw damaged(place, "its version is no text");
  const value = row.format === IN_TABLES
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
  const arrays = items.map(({ property, table, rows }) => {
    assertPositions(rows, property, place);
    return [property, rows.map((item) => toTakenApart(table, item, place))] as const;
  });
  const root = toTakenApart(type, row, place);
  return assemble(type, { root, arrays: new Map(arrays) }, place.key);
}

function toTakenApart({ columns }: EntityTable, row: Row, place: Place): TakenApart {
  const { rest, exact, parts_format: format } = row;
  const isPlain = rest === null && exact === null && format === null;
  return {
    columns: [...columns.keys()].map((name) => toSqlValue(row[`.${name}`], name, place)),
    rest: isPlain ? {} : toRecord({ format, text: rest }, "rian_rest", place),
    exact: isPlain ? {} : toRecord({ format: EXACT_FORMAT, text: exact }, "rian_exact", place),
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
  return record;
}

function toKeys(text: unknown, place: Place): (string | null)[] {
  const keys = typeof text === "string" && decodeValue({ format: 1, text }, place);
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

function groupByOwner(rows: readonly Row[]): Map<unknown, Row[]> {
  const groups = new Map<unknown, Row[]>();
  for (const row of rows) {
    const group = groups.get(row["owner"]);
    if (group) group.push(row);
    else groups.set(row["owner"], [row]);
  }
  return groups;
}

function lengthOf(row: Row): number {
  return Object.values(row).reduce<number>((sum, value) => sum + 10 + String(value).length, 0);
}
