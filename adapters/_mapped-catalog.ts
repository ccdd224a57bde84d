import { defineTables, type KnownTables, type TableDefinition } from "./_mapped-definitions.ts";
import { type Entity, fold } from "./_mapped-schema.ts";
import { createTable, createVersions } from "./_mapped-tables.ts";
import { type MappedType, toMappedType } from "./_mapped-types.ts";
import type { Read } from "./_sql-layout.ts";
import { literal, type SqlStatement } from "./_sql-statements.ts";

interface Database extends KnownTables {
  /** What is noted of tables, as it was read. */
  readonly texts: ReadonlyMap<string, string>;
}

const NOTHING: Database = { noted: new Map(), declared: new Map(), texts: new Map() };

/**
 * What the tables of mapped types hold. The database has a note of it in `rian_tables`: this begins with what the
 * schema says, and learns what others have noted when a statement finds that this is not all.
 */
export class MappedTables {
  readonly #entities: ReadonlyMap<string, Entity>;
  readonly #maxColumns: number;
  readonly #types: Map<string, MappedType> = new Map();
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
      mapped = toMappedType(this.#tableOf(type), this.#definitions, this.#isKnown(type));
      this.#types.set(type, mapped);
    }
    return mapped;
  }

  /** Learns what the database has, and makes what a type lacks there. */
  async create(type: string, read: Read): Promise<SqlStatement[]> {
    this.#known = await readTables([...this.#definitions.keys()], read);
    this.#definitions = defineTables(this.#entities, this.#known, this.#maxColumns);
    this.#types.clear();
    const { declared } = this.#known;
    return [
      ...createVersions(),
      ...this.#definitionsOf(type).flatMap((definition) => {
        const existing = new Set(declared.get(fold(definition.table))?.keys());
        return [...createTable(definition, existing), note(definition, this.#noteOf(definition))];
      }),
    ];
  }

  #isKnown(type: string): string {
    const areNoted = this.#definitionsOf(type).map((definition) => {
      const [table, note] = [definition.table, this.#noteOf(definition)].map(literal);
      return `(select definition from rian_tables where name = ${table}) is ${note}`;
    });
    return `case when ${areNoted.join(" and ")} then true ` +
      "else json_extract('{}', 'no such column') end";
  }

  #tableOf(type: string): TableDefinition {
    return this.#definitionOf(this.#entities.get(type)!.table);
  }

  #definitionOf(table: string): TableDefinition {
    const definition = this.#definitions.get(fold(table));
    if (definition) return definition;
    throw new Error(
      `Cannot use the mapped tables: rian_tables has no row for ${table} any more; restore that row`,
    );
  }

  /** The tables of a type and of the items of its arrays. */
  #definitionsOf(type: string): TableDefinition[] {
    const own = this.#tableOf(type);
    const all = [own, ...Object.values(own.arrays)].map(({ table }) => this.#definitionOf(table));
    return [...new Set(all)];
  }

  /** A definition as the database has it, if that is the same. */
  #noteOf(definition: TableDefinition): string {
    const table = fold(definition.table);
    const text = JSON.stringify(definition);
    const isNoted = JSON.stringify(this.#known.noted.get(table)) === text;
    return isNoted ? this.#known.texts.get(table)! : text;
  }
}

/** Notes what a table holds. What others have noted in the meantime stays: the columns have been made for that. */
function note({ table }: TableDefinition, text: string): SqlStatement {
  return {
    sql: "insert into rian_tables (name, definition) values (?, ?) on conflict do update set " +
      "definition = json_patch(excluded.definition, definition) where definition <> excluded.definition",
    parameters: [table, text],
  };
}

function parseNote(text: string): TableDefinition {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const found = JSON.stringify(text.slice(0, 80));
    throw new Error(
      `Cannot read the mapped tables: ${found} in rian_tables defines none; restore that row`,
      { cause },
    );
  }
}

interface DeclaredColumn {
  readonly own: string;
  readonly name: string;
  readonly type: string | null;
}

async function readTables(names: readonly string[], read: Read): Promise<Database> {
  await read({
    sql: "create table if not exists rian_tables (name text primary key collate nocase, " +
      "definition text not null)",
    parameters: [],
  });
  const notes = await read({ sql: "select definition from rian_tables", parameters: [] });
  const texts = (notes as readonly { definition: string }[]).map(({ definition }) => definition);
  const noted = texts.map(parseNote);
  const tables = noted.map(({ table }) => fold(table));
  const columns = await read({
    // Of a column that is generated nothing but its name is of use.
    sql: "select own.value as own, info.name, case info.hidden when 0 then info.type end as type " +
      "from json_each(?) as own join pragma_table_xinfo(own.value) as info",
    parameters: [JSON.stringify([...new Set([...names, ...tables])])],
  });
  const declared = new Map<string, Map<string, string | null>>();
  for (const { own, name, type } of columns as readonly DeclaredColumn[]) {
    if (!declared.has(own)) declared.set(own, new Map());
    declared.get(own)!.set(fold(name), type);
  }
  return {
    declared,
    noted: new Map(noted.map((each, index) => [tables[index]!, each])),
    texts: new Map(texts.map((each, index) => [tables[index]!, each])),
  };
}
