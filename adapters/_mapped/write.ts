/**
 * The statements that store and remove the rows of mapped documents. Rows that are the same as before are left
 * alone, which the database finds out by itself.
 *
 * @module
 */
import { encodeValue } from "../../src/persistence/adapter/codec.ts";
import { decodeKey } from "../../src/persistence/adapter/keys.ts";
import { jsonArrays } from "../_sql/parameters.ts";
import { literal, quote, type SqlStatement } from "../_sql/statements.ts";
import type { DocumentParts, RowParts } from "./rows.ts";
import type { EntityTable, MappedArray, MappedType } from "./types.ts";
import { type SqlValue, toColumn } from "./values.ts";

/** A document and the encoded key that it is stored under. */
export interface EntryParts {
  readonly encodedKey: string;
  readonly parts: DocumentParts;
}

/** Some documents of a type: a query of their encoded keys, and what is bound to it. */
export interface Selection {
  readonly encodedKeys: string;
  readonly parameters: readonly (string | number)[];
}

const otherColumns = ["rian_rest", "rian_exact", "rian_format", "rian_keys"];

/** Stores documents in place of what was stored under their encoded keys. */
export function storeRows(
  type: MappedType,
  entries: readonly EntryParts[],
): SqlStatement[] {
  if (entries.length === 0) return [];
  const roots = entries.map(({ encodedKey, parts: { root } }) => {
    return [encodedKey, toColumn(decodeKey(encodedKey)), ...root.columns, ...othersOf(root)];
  });
  const columns = ["rian_id", type.pk, ...type.columns.keys(), ...otherColumns];
  return [
    ...upsert(roots, {
      ...{ into: type, columns, condition: type.knownGuard },
      unique: "(rian_id) where rian_array is null",
    }),
    ...[...type.arrays].flatMap(([property, array]) => storeItems(array, { property, entries })),
  ];
}

/** Removes the rows of documents. */
export function removeRows(
  type: MappedType,
  { encodedKeys, parameters }: Selection,
): SqlStatement[] {
  const arrays = [...type.arrays.values()].filter(({ items }) => items.isThere);
  const items = arrays.map(({ name, items }): SqlStatement => ({
    sql: `delete from ${quote(items.table)} where rian_array = ${literal(name)} and ` +
      `rian_id in (${encodedKeys})`,
    parameters,
  }));
  const root: SqlStatement = {
    sql: `delete from ${quote(type.table)} where ${type.knownGuard} and rian_array is null and ` +
      `rian_id in (${encodedKeys})`,
    parameters,
  };
  return type.isThere ? [...items, root] : items;
}

/** The documents with these encoded keys, in as many parts as their lengths ask for. */
export function withKeys(encodedKeys: readonly string[]): Selection[] {
  return jsonArrays(encodedKeys).map((array) => {
    return { encodedKeys: "select value from json_each(?)", parameters: [array] };
  });
}

function storeItems(
  { name, items, owner }: MappedArray,
  { property, entries }: {
    readonly property: string;
    readonly entries: readonly EntryParts[];
  },
): SqlStatement[] {
  const rows = entries.flatMap(({ encodedKey, parts }) => {
    const key = toColumn(decodeKey(encodedKey));
    return (parts.arrays.get(property) ?? []).map((item, position) => {
      return [encodedKey, name, position, key, ...item.columns, ...othersOf(item)];
    });
  });
  const columns = [
    ...["rian_id", "rian_array", "rian_position", owner],
    ...items.columns.keys(),
    ...otherColumns,
  ];
  const lengths = entries.map((
    { encodedKey, parts },
  ) => [encodedKey, parts.arrays.get(property)?.length ?? 0]);
  return [
    ...jsonArrays(lengths).map((part) => removeSurplus(items.table, name, part)),
    ...upsert(rows, {
      ...{ into: items, columns },
      unique: "(rian_id, rian_array, rian_position)",
    }),
  ];
}

/** Removes items at places that their array does not have; another tool may have put them anywhere. */
function removeSurplus(table: string, name: string, lengths: string): SqlStatement {
  // As a parameter, the name would have the database plan the statement anew each time.
  const array = literal(name);
  return {
    sql: `delete from ${quote(table)} where rian_array = ${array} and ` +
      "rian_id in (select value ->> 0 from json_each(?)) and " +
      "(rian_position is null or typeof(rian_position) <> 'integer' or rian_position < 0 or " +
      "(rian_id, rian_position) in (select item.rian_id, item.rian_position " +
      `from json_each(?) as kept join ${quote(table)} as item on item.rian_id = kept.value ->> 0 ` +
      `and item.rian_array = ${array} and item.rian_position >= kept.value ->> 1))`,
    parameters: [lengths, lengths],
  };
}

function othersOf({ rest, exact, keys }: RowParts): SqlValue[] {
  const order = keys === undefined ? null : JSON.stringify(keys);
  if (isEmpty(rest) && isEmpty(exact)) return [null, null, null, order];
  // All or none: so it is seen when another tool has removed one.
  const { format, text } = encodeValue(rest);
  // What few tools would read is always written so that any value fits; the rest is JSON where it can be.
  return [text, encodeValue(exact, "rich").text, format, order];
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}

/** Inserts rows, or updates those that are there and differ. */
function upsert(
  rows: readonly (readonly SqlValue[])[],
  { into: { table, limits }, columns, unique, condition = "true" }: {
    readonly into: EntityTable;
    readonly columns: readonly string[];
    readonly unique: string;
    readonly condition?: string;
  },
): SqlStatement[] {
  const names = columns.map(quote);
  const values = columns.map((name, index) => {
    return limits.get(name) === "not null"
      ? `ifnull(value ->> ${index}, ${failAsNull(table, name)})`
      : `value ->> ${index}`;
  });
  const assignments = names.map((name) => `${name} = excluded.${name}`);
  // Somebody else's column may take texts for the same that are not.
  const before = names.map((name) => `${quote(table)}.${name} collate binary`);
  const after = names.map((name) => `excluded.${name}`);
  // Otherwise another tool's column could remove another document's row for a value, or leave this one out.
  const sql =
    `insert or abort into ${quote(table)} (${names.join(", ")}) select ${values.join(", ")} ` +
    `from json_each(?) where ${condition} on conflict ${unique} ` +
    `do update set ${assignments.join(", ")} where (${before.join(", ")}) is not (${
      after.join(", ")
    })`;
  return jsonArrays(rows).map((array) => {
    return { sql, parameters: [array] };
  });
}

/** Fails in the words of a column that must not be null, which SQL cannot say outside of a trigger. */
function failAsNull(table: string, column: string): string {
  return `json_extract('{}', ${literal(`NOT NULL constraint failed: ${table}.${column}`)})`;
}
