/**
 * The statements that store and remove the rows of mapped documents. Rows that are the same as before are left
 * alone, which the database finds out by itself.
 *
 * @module
 */
import { encodeValue } from "../src/persistence/codec.ts";
import type { Dissected, SqlValue, TakenApart } from "./_mapped-rows.ts";
import type { MappedArray, MappedType } from "./_mapped-schema.ts";
import { REST_COLUMNS } from "./_mapped-tables.ts";
import { quote, type SqlStatement } from "./_sql-statements.ts";

/** A document and the id that it is stored under. */
export interface DissectedEntry {
  readonly id: string;
  readonly parts: Dissected;
}

/** Some documents of a type: a query of their ids, and what is bound to it. */
export interface Selection {
  readonly ids: string;
  readonly parameters: readonly (string | number)[];
}

const MAX_PARAMETER_LENGTH = 500_000;

/** Stores documents in place of what was stored under their ids. */
export function storeRows(type: MappedType, entries: readonly DissectedEntry[]): SqlStatement[] {
  if (entries.length === 0) return [];
  const roots = entries.map(({ id, parts }) => [id, ...parts.root.columns, ...restOf(parts.root)]);
  const columns = [type.pk, ...type.columns.keys(), ...REST_COLUMNS];
  const conflict = `${quote(type.pk)}) where rian_array is null`;
  return [
    ...upsert(roots, { table: type.table, columns, conflict: `(${conflict}` }),
    ...[...type.arrays].flatMap(([property, array]) => storeItems(array, { property, entries })),
  ];
}

/** Removes the rows of documents. */
export function removeRows(type: MappedType, { ids, parameters }: Selection): SqlStatement[] {
  const items = [...type.arrays.values()].map(({ name, items, foreignKey }): SqlStatement => ({
    sql: `delete from ${quote(items.table)} where rian_array = ? and ${
      quote(foreignKey)
    } in (${ids})`,
    parameters: [name, ...parameters],
  }));
  const table = quote(type.table);
  const root = `delete from ${table} where rian_array is null and ${quote(type.pk)} in (${ids})`;
  return [...items, { sql: root, parameters }];
}

/** The documents with these ids. */
export function withIds(ids: readonly string[]): Selection {
  return { ids: "select value from json_each(?)", parameters: [JSON.stringify(ids)] };
}

function storeItems(
  { name, items, foreignKey }: MappedArray,
  { property, entries }: {
    readonly property: string;
    readonly entries: readonly DissectedEntry[];
  },
): SqlStatement[] {
  const key = quote(foreignKey);
  const table = quote(items.table);
  const rows = entries.flatMap(({ id, parts }) => {
    return (parts.arrays.get(property) ?? []).map((item, position) => {
      return [id, name, position, item.pk, ...item.columns, ...restOf(item)];
    });
  });
  const counts = entries.map(({ id, parts }) => [id, parts.arrays.get(property)?.length ?? 0]);
  const surplus = `select item.rowid from json_each(?) as kept join ${table} as item on ` +
    `item.${key} = kept.value ->> 0 and item.rian_array = ? and item.rian_position >= kept.value ->> 1`;
  return [
    {
      sql: `delete from ${table} where rowid in (${surplus})`,
      parameters: [JSON.stringify(counts), name],
    },
    ...upsert(rows, {
      table: items.table,
      columns: [
        foreignKey,
        "rian_array",
        "rian_position",
        items.pk,
        ...items.columns.keys(),
        ...REST_COLUMNS,
      ],
      conflict: `(${key}, rian_array, rian_position)`,
    }),
  ];
}

function restOf({ rest, keys }: TakenApart): SqlValue[] {
  const order = keys === null ? null : JSON.stringify(keys);
  if (Object.keys(rest).length === 0) return [null, null, order];
  const { format, text } = encodeValue(rest);
  return [text, format, order];
}

/** Inserts rows, or updates those that are there and differ. */
function upsert(
  rows: readonly (readonly SqlValue[])[],
  { table, columns, conflict }: {
    readonly table: string;
    readonly columns: readonly string[];
    readonly conflict: string;
  },
): SqlStatement[] {
  const names = columns.map(quote);
  const values = names.map((_, index) => `value ->> ${index}`);
  const assignments = names.map((name) => `${name} = excluded.${name}`);
  const before = names.map((name) => `${quote(table)}.${name}`);
  const after = names.map((name) => `excluded.${name}`);
  const sql = `insert into ${quote(table)} (${names.join(", ")}) select ${values.join(", ")} ` +
    `from json_each(?) where true on conflict ${conflict} do update set ${
      assignments.join(", ")
    } ` +
    `where (${before.join(", ")}) is not (${after.join(", ")})`;
  return partition(rows.map((row) => JSON.stringify(row))).map((part) => {
    return { sql, parameters: [`[${part.join(",")}]`] };
  });
}

/** The rows in groups that are each small enough for one parameter. */
function partition(rows: readonly string[]): string[][] {
  const parts: string[][] = [];
  let length = Infinity;
  for (const row of rows) {
    if (length + row.length > MAX_PARAMETER_LENGTH) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)!.push(row);
    length += row.length;
  }
  return parts;
}
