/**
 * The tables of mapped types. Each entity has one; its rows are documents of its own type, and the items of other
 * types' arrays, which have the key of their document in a foreign key column, their array in `rian_array` and
 * their place in it in `rian_position`. Versions are in `rian_documents`, so that no other row changes with them.
 *
 * @module
 */
import { arraysOf, type ColumnKind, type EntityTable, type MappedType } from "./_mapped-schema.ts";
import { createDocuments, quote, type SqlStatement } from "./_sql-statements.ts";

/** The table of all mapped types' versions. */
export const DOCUMENTS = "rian_documents";

/** The columns that every entity has behind its own: what does not fit them, and where an item belongs. */
export const REST_COLUMNS = ["rian_rest", "rian_format", "rian_keys"] as const;

const AFFINITIES: Readonly<Record<ColumnKind, string>> = {
  text: "text",
  real: "real",
  integer: "integer",
  boolean: "integer",
};

/** Makes the tables of a type, or adds the columns that they lack. */
export async function createTables(
  type: MappedType,
  { types, columnsOf }: {
    readonly types: ReadonlyMap<string, MappedType>;
    readonly columnsOf: (table: string) => Promise<readonly string[]>;
  },
): Promise<SqlStatement[]> {
  const tables = new Map<string, EntityTable>([[type.type, type]]);
  for (const { items } of type.arrays.values()) tables.set(items.type, items);
  const entities = await Promise.all([...tables.values()].map(async (table) => {
    const foreignKeys = arraysOf(table, types).map(({ foreignKey }) => foreignKey);
    return createEntity(table, { foreignKeys, existing: await columnsOf(table.table) });
  }));
  const index = quote(`${DOCUMENTS} expires`);
  return [...createDocuments(quote(DOCUMENTS), index), ...entities.flat()];
}

function createEntity(
  { table, pk, columns }: EntityTable,
  { foreignKeys, existing }: {
    readonly foreignKeys: readonly string[];
    readonly existing: readonly string[];
  },
): SqlStatement[] {
  const distinct = [...new Set(foreignKeys)];
  const wanted = new Map([
    // Without a type, keys of items stay the numbers or strings that they are.
    [pk, ""],
    ...[...columns].map(([name, kind]): [string, string] => [name, AFFINITIES[kind]]),
    ...distinct.map((name): [string, string] => [name, "text"]),
    ["rian_array", "text"],
    ["rian_position", "integer"],
    ["rian_rest", "text"],
    ["rian_format", "integer"],
    ["rian_keys", "text"],
  ]);
  const present = new Set(existing.map((name) => name.toLowerCase()));
  const definitions = [...wanted].map(([name, type]) => `${quote(name)} ${type}`.trim());
  const missing = [...wanted.keys()].flatMap((name, index) => {
    return present.has(name.toLowerCase()) ? [] : [definitions[index]!];
  });
  const statements = existing.length === 0
    ? [`create table if not exists ${quote(table)} (${definitions.join(", ")})`]
    : missing.map((definition) => `alter table ${quote(table)} add column ${definition}`);
  const indexes = [
    `create unique index if not exists ${quote(`${table} ${pk}`)} on ${quote(table)} ` +
    `(${quote(pk)}) where rian_array is null`,
    ...distinct.map((name) => {
      return `create unique index if not exists ${quote(`${table} ${name}`)} on ${quote(table)} ` +
        `(${quote(name)}, rian_array, rian_position)`;
    }),
  ];
  return [...statements, ...indexes].map((sql) => ({ sql, parameters: [] }));
}
