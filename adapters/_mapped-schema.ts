/**
 * From JSON Schema and a mapping to tables: what becomes a column, and what a table of its own.
 *
 * @module
 */

/** Which table holds a type, by type: `{ User: { "x-na:store": { entity: "users", pk: "id" } } }`. */
export type StoreMapping = Readonly<Record<string, unknown>>;

/** A JSON Schema whose `$defs` describe the types. */
export interface MappedSchema {
  /** What the documents of each type look like. */
  readonly $defs?: Readonly<Record<string, unknown>>;
}

export type ColumnKind = "text" | "real" | "integer" | "boolean";

/** The table of a type. */
export interface EntityTable {
  readonly type: string;
  readonly table: string;
  /** The property that is the key. */
  readonly pk: string;
  /** Properties with a column of the same name, in the order of the schema. */
  readonly columns: ReadonlyMap<string, ColumnKind>;
}

/** A type whose documents lie in tables. */
export interface MappedType extends EntityTable {
  /** Properties that are arrays of documents with a table of their own. */
  readonly arrays: ReadonlyMap<string, MappedArray>;
}

/** An array whose items are rows of another table. */
export interface MappedArray {
  /** The type and the property, as rows name it. */
  readonly name: string;
  readonly items: EntityTable;
  /** The column of the items that holds the key of the document they belong to. */
  readonly foreignKey: string;
}

interface Definition {
  readonly properties?: Readonly<Record<string, PropertyDefinition>>;
}

interface PropertyDefinition {
  readonly type?: string | readonly string[];
  readonly items?: { readonly $ref?: string };
}

const KINDS: Readonly<Record<string, ColumnKind>> = {
  string: "text",
  number: "real",
  integer: "integer",
  boolean: "boolean",
};

/** Every mapped type. */
export function readMapping(mapping: StoreMapping, schema: MappedSchema): Map<string, MappedType> {
  const tables = new Map<string, EntityTable>();
  for (const type of Object.keys(mapping)) {
    if (isStoreEntry(mapping[type])) tables.set(type, readTable(type, mapping[type], schema));
  }
  assertDifferent(tables);
  return new Map([...tables].map(([type, table]) => {
    return [type, { ...table, arrays: readArrays(table, { schema, tables }) }];
  }));
}

/** The arrays of all types whose items are rows of this entity. */
export function arraysOf(
  entity: EntityTable,
  types: ReadonlyMap<string, MappedType>,
): MappedArray[] {
  return [...types.values()].flatMap(({ arrays }) => [...arrays.values()])
    .filter(({ items }) => items.type === entity.type);
}

function readTable(type: string, entry: StoreEntry, schema: MappedSchema): EntityTable {
  const { entity = `${type.toLowerCase()}s`, pk = "id" } = entry["x-na:store"];
  const columns = new Map<string, ColumnKind>();
  // SQLite ignores the case of names: of `name` and `Name` the first gets the column.
  const taken = new Set([pk.toLowerCase()]);
  for (const [name, property] of Object.entries(definitionOf(schema, type).properties ?? {})) {
    const kind = kindOf(property);
    const folded = name.toLowerCase();
    if (!kind || taken.has(folded) || folded.startsWith("rian_") || name.includes("\0")) continue;
    taken.add(folded);
    columns.set(name, kind);
  }
  return { type, table: entity, pk, columns };
}

function readArrays(
  { type, table, pk }: EntityTable,
  { schema, tables }: { schema: MappedSchema; tables: ReadonlyMap<string, EntityTable> },
): Map<string, MappedArray> {
  const arrays = new Map<string, MappedArray>();
  const foreignKey = `${table.replace(/s$/, "")}_${pk}`;
  for (const [name, property] of Object.entries(definitionOf(schema, type).properties ?? {})) {
    const target = property.items?.$ref?.split("/").at(-1);
    const items = target === undefined ? undefined : tables.get(target);
    if (!items || !hasType(property, "array")) continue;
    const owned = [...items.columns.keys(), items.pk].map((column) => column.toLowerCase());
    // Where the items have a property of that name themselves, the key needs another one.
    const taken = owned.includes(foreignKey.toLowerCase());
    arrays.set(name, {
      name: `${type}.${name}`,
      items,
      foreignKey: taken ? `rian_${foreignKey}` : foreignKey,
    });
  }
  return arrays;
}

function definitionOf(schema: MappedSchema, type: string): Definition {
  const definition = schema.$defs?.[type];
  if (typeof definition === "object" && definition !== null) return definition;
  throw new TypeError(
    `Cannot map the type ${type}: the schema has no $defs.${type}; describe it there or leave it out of ` +
      "the mapping",
  );
}

function kindOf(property: PropertyDefinition): ColumnKind | undefined {
  const name = Object.keys(KINDS).find((each) => hasType(property, each));
  return name === undefined ? undefined : KINDS[name];
}

/** Whether a property may be of this type, alone or with null. */
function hasType({ type }: PropertyDefinition, wanted: string): boolean {
  const types = [type].flat().filter((each) => each !== "null");
  return types.length === 1 && types[0] === wanted;
}

interface StoreEntry {
  readonly "x-na:store": { readonly entity?: string; readonly pk?: string };
}

function isStoreEntry(entry: unknown): entry is StoreEntry {
  return typeof entry === "object" && entry !== null && "x-na:store" in entry;
}

function assertDifferent(tables: ReadonlyMap<string, EntityTable>): void {
  const names = new Map<string, string>();
  for (const { type, table } of tables.values()) {
    const other = names.get(table.toLowerCase());
    if (other !== undefined || /^(sqlite_|_cf_|rian_)/i.test(table) || table.includes("\0")) {
      throw new TypeError(
        `Cannot map the type ${type}: the table ${table} is ${
          other ? `that of ${other}` : "reserved"
        }; ` +
          "choose another entity",
      );
    }
    names.set(table.toLowerCase(), type);
  }
}
