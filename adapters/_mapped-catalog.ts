import {
  defineTables,
  fold,
  type KnownTables,
  type TableDefinition,
} from "./_mapped-definitions.ts";
import type { Entity } from "./_mapped-schema.ts";
import { createTable, createVersions } from "./_mapped-tables.ts";
import { type MappedType, toMappedType } from "./_mapped-types.ts";
import type { Read } from "./_sql-layout.ts";
import type { SqlStatement } from "./_sql-statements.ts";

const NOTHING: KnownTables = { noted: new Map(), declared: new Map() };

/**
 * What the tables of mapped types hold. The database has a note of it in `rian_tables`: this begins with what the
 * schema says, and learns what others have noted when a statement finds that this is not all.
 */
export class MappedTables {
  readonly #entities: ReadonlyMap<string, Entity>;
  readonly #maxColumns: number;
  readonly #types: Map<string, MappedType> = new Map();
  readonly #assertions: Map<string, SqlStatement> = new Map();
  #known = NOTHING;
  #definitions: ReadonlyMap<string, TableDefinition>;

  constructor(entities: ReadonlyMap<string, Entity>, maxColumns: number) {
    this.#entities = entities;
    this.#maxColumns = maxColumns;
    this.#definitions = defineTables(entities, NOTHING, maxColumns);
  }

  /** Whether a type has a table. */
  has(type: string): boolean {
    return this.#entities.has(type);
  }

  /** A type as it is known by now. */
  get(type: string): MappedType {
    let mapped = this.#types.get(type);
    if (!mapped) {
      mapped = toMappedType(this.#tableOf(type), this.#definitions);
      this.#types.set(type, mapped);
    }
    return mapped;
  }

  /**
   * A statement that fails, as one that misses a column does, unless what is known of a type's tables is what the
   * database has a note of.
   */
  assertKnown(type: string): SqlStatement {
    let assertion = this.#assertions.get(type);
    if (!assertion) this.#assertions.set(type, assertion = assertNoted(this.#definitionsOf(type)));
    return assertion;
  }

  /** Learns what the database has, and makes what a type lacks there. */
  async create(type: string, read: Read): Promise<SqlStatement[]> {
    this.#known = await readTables([...this.#definitions.keys()], read);
    this.#definitions = defineTables(this.#entities, this.#known, this.#maxColumns);
    this.#types.clear();
    this.#assertions.clear();
    const { declared } = this.#known;
    return [
      ...createVersions(),
      ...this.#definitionsOf(type).flatMap((definition) => {
        const existing = new Set(declared.get(fold(definition.table))?.keys());
        return [...createTable(definition, existing), ...this.#note(definition)];
      }),
    ];
  }

  #tableOf(type: string): TableDefinition {
    return this.#definitions.get(fold(this.#entities.get(type)!.table))!;
  }

  /** The tables of a type and of the items of its arrays. */
  #definitionsOf(type: string): TableDefinition[] {
    const own = this.#tableOf(type);
    const names = [own, ...Object.values(own.arrays)].map(({ table }) => fold(table));
    return [...new Set(names)].map((name) => this.#definitions.get(name)!);
  }

  /** Changes the note, unless somebody else has done so in the meantime. */
  #note(definition: TableDefinition): SqlStatement[] {
    const before = JSON.stringify(this.#known.noted.get(fold(definition.table)) ?? null);
    const after = JSON.stringify(definition);
    return before === after ? [] : [{
      sql: "insert into rian_tables (name, definition) values (?, ?) on conflict do update set " +
        "definition = excluded.definition where definition = ?",
      parameters: [definition.table, after, before],
    }];
  }
}

function assertNoted(definitions: readonly TableDefinition[]): SqlStatement {
  const expected = definitions.map((each) => [each.table, JSON.stringify(each)]);
  return {
    sql:
      "select case when (select count(*) from json_each(?) as expected join rian_tables as noted " +
      "on noted.name = expected.value ->> 0 and noted.definition = expected.value ->> 1) < ? " +
      "then json_extract('{}', 'no such column') end",
    parameters: [JSON.stringify(expected), expected.length],
  };
}

async function readTables(names: readonly string[], read: Read): Promise<KnownTables> {
  await read({
    sql: "create table if not exists rian_tables (name text primary key collate nocase, " +
      "definition text not null)",
    parameters: [],
  });
  const notes = await read({ sql: "select definition from rian_tables", parameters: [] });
  const noted = (notes as readonly { definition: string }[]).map(({ definition }) => {
    return JSON.parse(definition) as TableDefinition;
  });
  const columns = await read({
    sql: "select own.value as own, info.name, info.type from json_each(?) as own " +
      "join pragma_table_info(own.value) as info",
    parameters: [JSON.stringify([...names, ...noted.map(({ table }) => fold(table))])],
  });
  const declared = new Map<string, Map<string, string>>();
  for (const { own, name, type } of columns as readonly Record<string, string>[]) {
    if (!declared.has(own!)) declared.set(own!, new Map());
    declared.get(own!)!.set(fold(name!), type!);
  }
  return { noted: new Map(noted.map((each) => [fold(each.table), each])), declared };
}
