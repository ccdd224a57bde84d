import type { Read } from "../_sql/driver.ts";
import { literal, type SqlStatement } from "../_sql/statements.ts";
import {
  createNotes,
  type MappedDatabase,
  note,
  notesTable,
  nothingKnown,
  readDatabase,
} from "./database.ts";
import { defineTables, type TableDefinition } from "./definitions.ts";
import { type Entity, fold } from "./schema.ts";
import { createTable, createVersions, documentsTable } from "./tables.ts";
import { type MappedType, toMappedType } from "./types.ts";

/**
 * What the tables of mapped types hold. This begins with what the schema says, and learns what the database has when
 * a statement finds that this is not the same. Only writes make tables; reads go by what there is.
 */
export class MappedCatalog {
  readonly #entities: ReadonlyMap<string, Entity>;
  readonly #maxColumns: number;
  readonly #written: Map<string, MappedType> = new Map();
  readonly #read: Map<string, MappedType> = new Map();
  #known: MappedDatabase = nothingKnown;
  /** Whether the database was found to hold no documents of any mapped type. */
  #isEmpty: boolean = false;
  #definitions: ReadonlyMap<string, TableDefinition>;

  constructor(entities: ReadonlyMap<string, Entity>, maxColumns: number) {
    this.#entities = entities;
    this.#maxColumns = maxColumns;
    this.#definitions = defineTables(entities, nothingKnown, maxColumns);
  }

  /** Whether a type has a table. */
  has(type: string): boolean {
    return this.#entities.has(type);
  }

  /** A type as it is written: with all that the schema has, and all that the tables held before. */
  toWrite(type: string): MappedType {
    let mapped = this.#written.get(type);
    if (!mapped) {
      const knownGuard = failUnless(this.#areNoted(type, (definition) => this.#noteOf(definition)));
      mapped = toMappedType(this.#tableOf(type), this.#definitions, {
        knownGuard,
        declared: undefined,
      });
      this.#written.set(type, mapped);
    }
    return mapped;
  }

  /** A type as it is read: with what the database has, once something was missing there. */
  toRead(type: string): MappedType {
    return this.#read.get(type) ?? this.toWrite(type);
  }

  /** While there are no documents to read: a query that finds nothing, and fails as soon as there may be some. */
  whileEmpty(): SqlStatement | undefined {
    if (!this.#isEmpty) return undefined;
    return { sql: `select 1 where not ${failUnless(isAbsent(documentsTable))}`, parameters: [] };
  }

  /** Learns what the database has of a type, and says whether that is anything. */
  async learn(type: string, read: Read): Promise<boolean> {
    await this.#learn(read);
    const { declared, texts } = this.#known;
    const isAsNoted = declared.has(notesTable)
      ? this.#areNoted(type, ({ table }) => texts.get(fold(table)))
      : isAbsent(notesTable);
    const found = { knownGuard: failUnless(isAsNoted), declared };
    this.#read.set(type, toMappedType(this.#tableOf(type), this.#definitions, found));
    this.#isEmpty = !declared.has(documentsTable);
    return !this.#isEmpty;
  }

  /** Learns what the database has, and makes what a type lacks there, unless another store was faster by then. */
  async create(type: string, read: Read): Promise<SqlStatement[]> {
    await this.#learn(read);
    this.#read.clear();
    this.#isEmpty = false;
    const { declared, texts } = this.#known;
    const areAsLearned = this.#areNoted(type, ({ table }) => texts.get(fold(table)));
    return [
      createNotes(),
      // A store that was faster has made columns, which then are there already.
      { sql: `select ${failUnless(areAsLearned, "duplicate column name")}`, parameters: [] },
      ...createVersions(),
      ...this.#definitionsOf(type).flatMap((definition) => {
        return [
          ...createTable(definition, declared.get(fold(definition.table))),
          note(definition.table, this.#noteOf(definition)),
        ];
      }),
    ];
  }

  async #learn(read: Read): Promise<void> {
    this.#known = await readDatabase(
      [notesTable, documentsTable, ...this.#definitions.keys()],
      read,
    );
    this.#definitions = defineTables(this.#entities, this.#known, this.#maxColumns);
    this.#written.clear();
  }

  /** A condition on the notes of a type's tables. */
  #areNoted(type: string, noteOf: (definition: TableDefinition) => string | undefined): string {
    const areNoted = this.#definitionsOf(type).map((definition) => {
      const text = noteOf(definition);
      return `(select definition from ${notesTable} where name = ${
        literal(definition.table)
      }) is ` +
        (text === undefined ? "null" : literal(text));
    });
    return areNoted.join(" and ");
  }

  #tableOf(type: string): TableDefinition {
    return this.#definitionOf(this.#entities.get(type)!.table);
  }

  #definitionOf(table: string): TableDefinition {
    const definition = this.#definitions.get(fold(table));
    if (definition) return definition;
    throw new Error(
      `Cannot use the mapped tables: ${notesTable} has no row for ${table} any more; restore that row`,
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

/** A condition that holds while there is no table of this name. */
function isAbsent(table: string): string {
  return `not exists (select 1 from pragma_table_xinfo('${table}'))`;
}

/** SQL that is true where a condition holds, and else fails in words by which it is told what is missing. */
function failUnless(condition: string, words: string = "no such column"): string {
  return `case when ${condition} then true else json_extract('{}', ${literal(words)}) end`;
}
