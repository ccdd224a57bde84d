/**
 * How mapped documents are read: their versions and rows in one statement, and the items of each array in another.
 *
 * @module
 */
import type { Entry, Key } from "../src/persistence/adapter.ts";
import type { Range } from "../src/persistence/base-adapter.ts";
import { decodeValue } from "../src/persistence/codec.ts";
import { UnreadableEntryError } from "../src/persistence/errors.ts";
import { keyOfId } from "../src/persistence/keys.ts";
import { assemble, type SqlValue, type TakenApart } from "./_mapped-rows.ts";
import type { EntityTable, MappedType } from "./_mapped-schema.ts";
import { DOCUMENTS } from "./_mapped-tables.ts";
import { DocumentTable } from "./_sql-document-table.ts";
import { type FoundDocument, type Results, withMetadata } from "./_sql-layout.ts";
import { quote, type SqlRow, type SqlStatement } from "./_sql-statements.ts";

/** In `rian_documents`, says that a document is in its entity's table; other formats hold it themselves. */
export const IN_TABLES = 0;

type Row = Readonly<Record<string, SqlValue>>;
type Place = { readonly type: string; readonly key: Key };

/** Reads the documents of a range, or the one of an id. */
export function selectDocuments(
  type: MappedType,
  where: string | Range,
  now: number,
): SqlStatement[] {
  const documents = new DocumentTable(quote(DOCUMENTS));
  const found = typeof where === "string"
    ? documents.selectEntry(type.type, where, now)
    : documents.selectRange(type.type, where, now);
  const direction = typeof where !== "string" && where.reverse ? "desc" : "asc";
  const roots: SqlStatement = {
    sql:
      `select document.*, root.rowid as root, ${
        partsOf("root", type)
      } from (${found.sql}) as document ` +
      `left join ${quote(type.table)} as root on root.${quote(type.pk)} = document.id and ` +
      `root.rian_array is null order by document.id ${direction}`,
    parameters: found.parameters,
  };
  const items = [...type.arrays.values()].map(({ name, items, foreignKey }): SqlStatement => ({
    sql: `select item.${quote(foreignKey)} as owner, item.${quote(items.pk)} as pk, ` +
      `${partsOf("item", items)} from ${
        quote(items.table)
      } as item where item.rian_array = ? and ` +
      `item.${quote(foreignKey)} in (select id from (${found.sql})) ` +
      `order by item.${quote(foreignKey)}, item.rian_position`,
    parameters: [name, ...found.parameters],
  }));
  return [roots, ...items];
}

/** The entries in what {@link selectDocuments} gave. */
export function readDocuments(
  type: MappedType,
  [roots, ...items]: Results,
): FoundDocument[] {
  const itemsByOwner = items.map((rows) => groupByOwner(rows as readonly Row[]));
  return (roots as readonly (Row & SqlRow)[]).map((row) => {
    const own = itemsByOwner.map((byOwner) => byOwner.get(row.id) ?? []);
    const length = [row, ...own.flat()].reduce((sum, each) => sum + lengthOf(each), 0);
    return { entry: () => toEntry(type, row, own), id: row.id, length };
  });
}

function toEntry(type: MappedType, row: Row & SqlRow, items: readonly (readonly Row[])[]): Entry {
  const key = keyOfId(type.type, row.id);
  const place = { type: type.type, key };
  const value = row.format === IN_TABLES
    ? toDocument(type, { row, items }, place)
    : decodeValue({ format: row.format, text: row.data }, place);
  return withMetadata({ key, value, version: row.version }, row.metadata, type.type);
}

function toDocument(
  type: MappedType,
  { row, items }: { readonly row: Row; readonly items: readonly (readonly Row[])[] },
  place: Place,
): unknown {
  if (row["root"] === null) {
    const problem =
      `its row in the table ${type.table} is gone; restore the row or delete the entry`;
    throw new UnreadableEntryError(place, problem);
  }
  const arrays = [...type.arrays].map(([property, array], index) => {
    const taken = items[index]!.map((item) => toTakenApart(array.items, item, place));
    return [property, taken] as const;
  });
  const root = toTakenApart(type, row, place);
  return assemble(type, { root, arrays: new Map(arrays) }, place.key);
}

function toTakenApart(table: EntityTable, row: Row, place: Place): TakenApart {
  const { rest, rest_format: format, keys } = row;
  return {
    pk: row["pk"] ?? null,
    columns: [...table.columns.keys()].map((_, index) => row[`c${index}`] ?? null),
    rest: typeof rest !== "string"
      ? {}
      : decodeValue({ format: Number(format), text: rest }, place) as Record<string, unknown>,
    keys: typeof keys !== "string"
      ? null
      : decodeValue({ format: 1, text: keys }, place) as string[],
  };
}

/** The columns of a row, by names that no other column has. */
function partsOf(alias: string, table: EntityTable): string {
  const columns = [...table.columns.keys()].map((name, index) => {
    return `${alias}.${quote(name)} as c${index}, `;
  });
  return `${columns.join("")}${alias}.rian_rest as rest, ${alias}.rian_format as rest_format, ` +
    `${alias}.rian_keys as keys`;
}

function groupByOwner(rows: readonly Row[]): Map<SqlValue, Row[]> {
  const groups = new Map<SqlValue, Row[]>();
  for (const row of rows) {
    const group = groups.get(row["owner"]!);
    if (group) group.push(row);
    else groups.set(row["owner"]!, [row]);
  }
  return groups;
}

function lengthOf(row: Row): number {
  return Object.values(row).reduce<number>((sum, value) => sum + 10 + String(value).length, 0);
}
