/**
 * What each table holds: what it held before, and what the schema adds. A column once made goes on holding its
 * property, whatever becomes of the schema, so that nothing in it is lost or left behind.
 *
 * @module
 */
import { own } from "../../src/shared/own.ts";
import { type ColumnLimit, type DeclaredTable, isWritable, kindIn, limitOf } from "./declared.ts";
import type { ColumnKind } from "./properties.ts";
import { type Entity, fold } from "./schema.ts";

/** What a table holds, as it is noted in the database. */
export interface TableDefinition {
  readonly table: string;
  readonly type: string;
  /** The property that is the key. */
  readonly pk: string;
  /** The columns that hold properties of the same name. */
  readonly columns: Readonly<Record<string, ColumnKind>>;
  /** The columns that hold the keys of the documents that items belong to, and the tables of those. */
  readonly owners: Readonly<Record<string, string>>;
  /** What limits columns that others have declared, if anything does. */
  readonly limits?: Readonly<Record<string, ColumnLimit>>;
  /** Properties whose items are rows: of which table, and with the document's key in which of its columns. */
  readonly arrays: Readonly<Record<string, { readonly table: string; readonly owner: string }>>;
  /** How often the table was dropped by others and made anew, unless never. */
  readonly generation?: number;
}

/** What a database has: tables by their folded names. */
export interface KnownTables {
  /** What is noted of tables. */
  readonly noted: ReadonlyMap<string, TableDefinition>;
  /** What tables were declared as. */
  readonly declared: ReadonlyMap<string, DeclaredTable>;
}

/** The columns that every table has behind its own: which entry and which array it is of, and what fits no column. */
export const ownColumns: Readonly<Record<string, string>> = {
  rian_id: "text",
  rian_array: "text",
  rian_position: "integer",
  rian_rest: "text",
  rian_exact: "text",
  rian_format: "integer",
  rian_keys: "text",
};

/** A result has more columns than the table that it is read from. */
const resultColumns = 10;

/**
 * The definitions of all tables, by folded names.
 *
 * @param maxColumns How many columns a table may have; the properties past it have none.
 * @throws {TypeError} when a table is that of another type, or has another key.
 */
export function defineTables(
  entities: ReadonlyMap<string, Entity>,
  { noted, declared }: KnownTables,
  maxColumns: number,
): Map<string, TableDefinition> {
  const owners = ownersIn(entities, noted);
  const columns = new Map([...entities.values()].map((entity) => {
    const table = fold(entity.table);
    const known = { before: noted.get(table), existing: declared.get(table) };
    return [entity.type, columnsOf(entity, { ...known, owners: owners.get(table)! })];
  }));
  const arrays = new Map([...entities.values()].map((entity) => {
    const added = [...entity.arrays].map(([property, type]) => {
      const { table } = entities.get(type)!;
      const ofItems = owners.get(fold(table))!;
      const owner = ownerName(entity, { columns: columns.get(type)!, owners: ofItems });
      if (!has(ofItems.keys(), owner)) ofItems.set(owner, entity.table);
      return [property, { table, owner }];
    });
    // Noted again, the same has to be the same text: what was there stays as it is, and first.
    const before = noted.get(fold(entity.table))?.arrays;
    const all: TableDefinition["arrays"] = { ...before, ...Object.fromEntries(added), ...before };
    return [entity.type, all];
  }));
  const defined = [...entities.values()].map(({ type, table, pk }): TableDefinition => {
    const before = noted.get(fold(table));
    const ofItems = owners.get(fold(table))!;
    const kept = Object.keys(before?.columns ?? {});
    const existing = declared.get(fold(table));
    const others = [...existing?.columns.keys() ?? [], ...ofItems.keys(), ...kept];
    const held = withRoom(columns.get(type)!, { others, kept: kept.length, maxColumns });
    const limits = limitsIn(held, before, existing);
    return {
      table: before?.table ?? table,
      type,
      pk,
      owners: Object.fromEntries(ofItems),
      arrays: arrays.get(type)!,
      columns: held,
      ...Object.keys(limits).length > 0 && { limits },
    };
  });
  const all = [...noted.values(), ...defined];
  return new Map(all.map((definition) => {
    const table = fold(definition.table);
    const generation = generationOf(noted.get(table), declared.has(table));
    return [table, own({ ...definition, ...generation > 0 && { generation } })];
  }));
}

/** A table that was noted and is gone is another one when it is made again: what rows had was in the one before. */
function generationOf(before: TableDefinition | undefined, isThere: boolean): number {
  const { generation = 0 } = before ?? {};
  return before && !isThere ? generation + 1 : generation;
}

function columnsOf(
  { type, table, pk, columns }: Entity,
  { before, existing, owners }: {
    readonly before: TableDefinition | undefined;
    readonly existing: DeclaredTable | undefined;
    readonly owners: ReadonlyMap<string, string>;
  },
): Map<string, ColumnKind> {
  if (before && (before.type !== type || before.pk !== pk)) {
    throw new TypeError(
      `Cannot map the type ${type} with the pk ${pk}: the table ${table} holds documents of the type ` +
        `${before.type} with the pk ${before.pk}; choose another entity`,
    );
  }
  const all = new Map(Object.entries(before?.columns ?? {}));
  const taken = new Set([...all.keys(), ...owners.keys()].map(fold));
  for (const [name, kind] of columns) {
    if (taken.has(fold(name))) continue;
    const column = existing?.columns.get(fold(name));
    if (!existing || !column) all.set(name, kind);
    else if (isWritable(column, existing.isStrict)) {
      all.set(name, kindIn(column.type, kind, existing.isStrict));
    }
  }
  return all;
}

function limitsIn(
  columns: TableDefinition["columns"],
  before: TableDefinition | undefined,
  declared: DeclaredTable | undefined,
): Record<string, ColumnLimit> {
  const added = Object.entries(columns).flatMap(([name, kind]) => {
    if (before && Object.hasOwn(before.columns, name)) return [];
    const limit = limitOf(declared, declared?.columns.get(fold(name)), kind);
    return limit ? [[name, limit] as const] : [];
  });
  return { ...before?.limits, ...Object.fromEntries(added) };
}

/** By the folded names of tables of items, the columns that were noted for the keys of documents, and whose. */
function ownersIn(
  entities: ReadonlyMap<string, Entity>,
  noted: KnownTables["noted"],
): Map<string, Map<string, string>> {
  const all = new Map([...entities.values()].map(({ table }) => {
    return [fold(table), new Map(Object.entries(noted.get(fold(table))?.owners ?? {}))];
  }));
  for (const entity of entities.values()) {
    for (const { table, owner } of Object.values(noted.get(fold(entity.table))?.arrays ?? {})) {
      const owners = all.get(fold(table));
      if (owners && !has(owners.keys(), owner)) owners.set(owner, entity.table);
    }
  }
  return all;
}

/** The column with the keys of the documents that items belong to, such as `todo_list_id`. */
function ownerName({ table, pk }: Entity, { columns, owners }: {
  readonly columns: ReadonlyMap<string, ColumnKind>;
  readonly owners: ReadonlyMap<string, string>;
}): string {
  // Items may have a property of that name themselves, or belong to documents of `todo_list` and of `todo_lists`.
  const isTaken = (name: string) => {
    return has(columns.keys(), name) || [...owners].some(([owner, other]) => {
      return fold(owner) === fold(name) && fold(other) !== fold(table);
    });
  };
  let name = `${table.replace(/s$/, "")}_${pk}`;
  while (isTaken(name) || name === "__proto__") name = `rian_${name}`;
  return name;
}

function has(names: Iterable<string>, name: string): boolean {
  return [...names].some((each) => fold(each) === fold(name));
}

/** The columns that are there or fit into their table. */
function withRoom(
  columns: ReadonlyMap<string, ColumnKind>,
  { others, kept, maxColumns }: {
    readonly others: readonly string[];
    readonly kept: number;
    readonly maxColumns: number;
  },
): Record<string, ColumnKind> {
  const names = new Set([...others, ...Object.keys(ownColumns)].map(fold));
  let left = maxColumns - resultColumns - kept;
  return Object.fromEntries([...columns].filter(([name], index) => {
    if (index < kept) return true;
    const fits = left > 0 && (names.has(fold(name)) || names.size < maxColumns);
    if (!fits) return false;
    left--;
    names.add(fold(name));
    return true;
  }));
}
