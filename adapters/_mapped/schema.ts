/**
 * From JSON Schema and a mapping to entities: what may become a column, and what a table of its own.
 *
 * @module
 */
import { fits } from "../../src/shared/byte-length.ts";
import { own } from "../../src/shared/own.ts";
import { maxColumnNameBytes } from "../_sql/limits.ts";
import { isReserved } from "../_sql/statements.ts";
import { type ColumnKind, type MappedSchema, propertiesOf } from "./properties.ts";

/** Which table holds a type, by type: `{ User: { "x-na:store": { entity: "users", pk: "id" } } }`. */
export type StoreMapping = Readonly<Record<string, unknown>>;

/** A type and its table, as the mapping and the schema describe them. */
export interface Entity {
  readonly type: string;
  readonly table: string;
  /** The property that is the key. */
  readonly pk: string;
  /** Properties that can have a column of the same name, in the order of the schema; the key is the first. */
  readonly columns: ReadonlyMap<string, ColumnKind>;
  /** The types of the items of properties that are arrays of mapped documents. */
  readonly arrays: ReadonlyMap<string, string>;
}

/**
 * Every mapped type.
 *
 * @throws {TypeError} when the mapping and the schema do not fit each other, or SQLite.
 */
export function readMapping(mapping: StoreMapping, schema: MappedSchema): Map<string, Entity> {
  const entities = new Map<string, Entity>();
  for (const [type, entry] of Object.entries(mapping)) {
    // A mapping that is a file of its own may name its schema.
    if (type.startsWith("$")) continue;
    assertStoreEntry(type, entry);
    entities.set(type, readEntity(type, entry, { mapping, schema }));
  }
  assertDifferent(entities);
  return entities;
}

function readEntity(
  type: string,
  entry: StoreEntry,
  { mapping, schema }: { readonly mapping: StoreMapping; readonly schema: MappedSchema },
): Entity {
  const { entity = `${type.toLowerCase()}s`, pk = "id" } = own(entry["x-na:store"]);
  for (const [option, name] of Object.entries({ entity, pk })) {
    if (typeof name === "string") continue;
    throw new TypeError(
      `Cannot map the type ${type}: its ${option} is ${JSON.stringify(name)}; use a string`,
    );
  }
  if (!isColumnName(pk)) {
    throw new TypeError(
      `Cannot map the type ${type}: SQLite or the store has its own use for the name ${
        JSON.stringify(pk)
      }, which is its pk; choose another property`,
    );
  }
  const columns = new Map<string, ColumnKind>([[pk, "any"]]);
  const arrays = new Map<string, string>();
  // Of `name` and `Name` the first gets the column.
  const taken = new Set([fold(pk)]);
  for (const [name, { kind, items }] of propertiesOf(schema, type)) {
    if (items !== undefined && isStoreEntry(own(mapping)[items])) arrays.set(name, items);
    if (!kind || taken.has(fold(name)) || !isColumnName(name)) continue;
    if (!fits(name, maxColumnNameBytes)) continue;
    taken.add(fold(name));
    columns.set(name, kind);
  }
  return { type, table: entity, pk, columns, arrays };
}

/** A name as SQLite compares it: without the case of ASCII letters. */
export function fold(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Whether a column may have this name: not one of the store's own, an alias of SQLite's, or changed on its way. */
function isColumnName(name: string): boolean {
  return !/^(rian_.*|rowid|_rowid_|oid|__proto__|)$/is.test(name) && isName(name);
}

function isName(name: string): boolean {
  return name !== "" && !name.includes("\0") && name.isWellFormed();
}

interface StoreEntry {
  readonly "x-na:store": { readonly entity?: string; readonly pk?: string };
}

function isStoreEntry(entry: unknown): entry is StoreEntry {
  return typeof entry === "object" && entry !== null && Object.hasOwn(entry, "x-na:store");
}

/** Refuses what would leave a type without its table, unnoticed. */
function assertStoreEntry(type: string, entry: unknown): asserts entry is StoreEntry {
  const options = isStoreEntry(entry) ? entry["x-na:store"] : undefined;
  if (!isRecord(options)) {
    throw new TypeError(
      `Cannot map the type ${type}: it has no options under "x-na:store"; ` +
        'use { "x-na:store": { entity: "todos", pk: "id" } }',
    );
  }
  const wrong = Object.keys(options).find((name) => name !== "entity" && name !== "pk");
  if (wrong === undefined) return;
  throw new TypeError(
    `Cannot map the type ${type}: ${wrong} is not an option of a table; use entity, pk`,
  );
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function assertDifferent(entities: ReadonlyMap<string, Entity>): void {
  const names = new Map<string, string>();
  for (const { type, table } of entities.values()) {
    const other = names.get(fold(table));
    // Names with a `~` are those of indexes, triggers and the tables of types whose own name is reserved.
    if (other !== undefined || isReserved(table) || table.includes("~") || !isName(table)) {
      const problem = other === undefined ? "reserved" : `that of ${other}`;
      throw new TypeError(
        `Cannot map the type ${type}: the table ${table} is ${problem}; choose another entity`,
      );
    }
    names.set(fold(table), type);
  }
}
