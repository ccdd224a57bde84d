/**
 * Rows of items that move with them. Items are written by their places, each over what is there; where another tool
 * lets no key be in its table twice, that fails as soon as two items change places. Then the rows go first to the
 * places of their items, and keep whatever else is in them.
 *
 * @module
 */
import { jsonArrays } from "../_sql/parameters.ts";
import { literal, quote, type SqlStatement } from "../_sql/statements.ts";
import type { MappedArray, MappedType } from "./types.ts";
import type { SqlValue } from "./values.ts";
import type { EntryParts } from "./write.ts";

/** Removes the rows of items that documents have no more, and moves the others to their items' places. */
export function moveRows(type: MappedType, entries: readonly EntryParts[]): SqlStatement[] {
  return [...type.arrays].flatMap(([property, array]) => {
    const index = [...array.items.columns.keys()].indexOf(array.key);
    if (index < 0) return [];
    const places = entries.flatMap(({ encodedKey, parts }) => {
      const items = parts.arrays.get(property) ?? [];
      return items.map(({ columns }, position) => [encodedKey, columns[index]!, position] as const);
    });
    return moveItems(array, { places, encodedKeys: entries.map(({ encodedKey }) => encodedKey) });
  });
}

function moveItems(
  { name, key, items }: MappedArray,
  { places, encodedKeys }: {
    readonly places: readonly (readonly [encodedKey: string, key: SqlValue, position: number])[];
    readonly encodedKeys: readonly string[];
  },
): SqlStatement[] {
  const [table, column] = [quote(items.table), quote(key)];
  const isOfArray = `rian_array = ${literal(name)}`;
  const kept = JSON.stringify(places);
  const remove = jsonArrays(encodedKeys).map((array) => ({
    sql:
      `delete from ${table} where ${isOfArray} and rian_id in (select value from json_each(?)) ` +
      `and (rian_id, ${column}) not in (select value ->> 0, value ->> 1 from json_each(?))`,
    parameters: [array, kept],
  }));
  // Below 0 there is room, from where they are moved on together.
  const move = {
    sql: "with place as materialized (select value ->> 0 as id, value ->> 1 as key, " +
      `value ->> 2 as position from json_each(?)) update ${table} set rian_position = ` +
      `-1 - place.position from place where ${isOfArray} and rian_id = place.id and ` +
      `${table}.${column} = place.key`,
    parameters: [kept],
  };
  const settle = jsonArrays(encodedKeys).map((array) => ({
    sql: `update ${table} set rian_position = -1 - rian_position where ${isOfArray} and ` +
      "rian_position < 0 and rian_id in (select value from json_each(?))",
    parameters: [array],
  }));
  return [...remove, move, ...settle];
}
