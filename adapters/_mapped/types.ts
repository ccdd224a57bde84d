/**
 * Types as they are read and written: their tables, and those of the items of their arrays.
 *
 * @module
 */
import { encodeKey } from "../../src/persistence/adapter/keys.ts";
import { own } from "../../src/shared/own.ts";
import type { ColumnLimit } from "./declared.ts";
import { type KnownTables, ownColumns, type TableDefinition } from "./definitions.ts";
import type { ColumnKind } from "./properties.ts";
import { fold } from "./schema.ts";

/** A table, and the properties of its rows that have a column of the same name. */
export interface EntityTable {
  readonly table: string;
  /** Whether the database is not known to lack it. */
  readonly isThere: boolean;
  readonly columns: ReadonlyMap<string, ColumnKind>;
  /** What limits columns. */
  readonly limits: ReadonlyMap<string, ColumnLimit>;
}

/** A type whose documents lie in tables. Its columns are those beside the key's: that is stored as such. */
export interface MappedType extends EntityTable {
  readonly type: string;
  /** The property that is the key. */
  readonly pk: string;
  /** Properties that are arrays of documents with a table of their own. */
  readonly arrays: ReadonlyMap<string, MappedArray>;
  /**
   * A condition that is true, or fails as what misses a column does when the database has another note of one of these
   * tables.
   */
  readonly knownGuard: string;
}

/** An array whose items are rows of another table. */
export interface MappedArray {
  /** The type and the property, as rows name it. */
  readonly name: string;
  readonly items: EntityTable;
  /** The property that is the key of the items. */
  readonly key: string;
  /** How often the table of the items was dropped and made anew. */
  readonly generation: number;
  /** The column of the items that shows other tools the key of the document they belong to. */
  readonly owner: string;
}

/** The type of a table, with all that is defined, or with what of it is declared. */
export function toMappedType(
  definition: TableDefinition,
  definitions: ReadonlyMap<string, TableDefinition>,
  { knownGuard, declared }: {
    readonly knownGuard: string;
    readonly declared: KnownTables["declared"] | undefined;
  },
): MappedType {
  const { type, pk, columns, arrays } = definition;
  const { [pk]: _, ...others } = columns;
  return {
    ...toTable({ ...definition, columns: others }, declared),
    ...{ type, pk, knownGuard },
    arrays: new Map(
      Object.entries(arrays).map(([property, { table, owner }]) => {
        const { generation = 0, ...items } = definitions.get(fold(table))!;
        const name = arrayName(type, property);
        const place = { name, key: items.pk, owner, generation };
        return [property, { ...place, items: toTable(items, declared) }];
      }),
    ),
  };
}

function toTable(
  definition: TableDefinition,
  declared: KnownTables["declared"] | undefined,
): EntityTable {
  const { table } = definition;
  const all = Object.entries(definition.columns);
  const limits = new Map(Object.entries(own(definition).limits ?? {}));
  if (!declared) return { table, isThere: true, columns: new Map(all), limits };
  const existing = declared.get(fold(table))?.columns;
  return {
    table,
    limits,
    isThere: Object.keys(ownColumns).every((name) => existing?.has(name)),
    columns: new Map(all.filter(([name]) => existing?.has(fold(name)))),
  };
}

/** No two arrays have the same name: the first dot ends the type. */
function arrayName(type: string, property: string): string {
  return encodeKey(`${type.replaceAll("%", "%25").replaceAll(".", "%2e")}.${property}`);
}
