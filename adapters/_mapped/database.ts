/**
 * What a database has of mapped types: the notes of its tables in `rian_tables`, and the columns that they have.
 *
 * @module
 */
import { own } from "../../src/shared/own.ts";
import type { Read } from "../_sql/driver.ts";
import { isMissingTable } from "../_sql/errors.ts";
import type { SqlStatement } from "../_sql/statements.ts";
import type { DeclaredColumn } from "./declared.ts";
import type { KnownTables, TableDefinition } from "./definitions.ts";
import { fold } from "./schema.ts";

/** What was found in a database. */
export interface MappedDatabase extends KnownTables {
  /** What is noted of tables, as it was read. */
  readonly texts: ReadonlyMap<string, string>;
}

/** A database in which there is nothing yet. */
export const nothingKnown: MappedDatabase = {
  noted: new Map(),
  declared: new Map(),
  texts: new Map(),
};

/** The table of the notes. */
export const notesTable = "rian_tables";

/** Makes the table of the notes. */
export function createNotes(): SqlStatement {
  return {
    sql: `create table if not exists ${notesTable} (name text primary key collate nocase, ` +
      "definition text not null)",
    parameters: [],
  };
}

/** Notes what a table holds. */
export function note(table: string, text: string): SqlStatement {
  return {
    sql: `insert into ${notesTable} (name, definition) values (?, ?) on conflict do update set ` +
      "definition = excluded.definition where definition <> excluded.definition",
    parameters: [table, text],
  };
}

interface ColumnRow {
  readonly own: string;
  readonly strict: number;
  readonly name: string;
  readonly type: string;
  readonly generated: number;
  readonly nullable: number;
  readonly rowid: number;
}

/** Reads what there is, of the tables with these folded names and those that have a note. */
export async function readDatabase(names: Iterable<string>, read: Read): Promise<MappedDatabase> {
  const texts = (await readNotes(read)).map(({ definition }) => definition);
  const noted = texts.map(parseNote);
  const tables = noted.map(({ table }) => fold(table));
  const columns = await read({
    sql: "select own.value as own, info.name, info.type, info.hidden > 0 as generated, " +
      'info."notnull" = 0 and info.pk = 0 as nullable, ' +
      "info.pk = 1 and lower(info.type) = 'integer' as rowid, " +
      "(select strict from pragma_table_list(own.value)) as strict " +
      "from json_each(?) as own join pragma_table_xinfo(own.value) as info",
    parameters: [JSON.stringify([...new Set([...names, ...tables])])],
  });
  const declared = new Map<string, { isStrict: boolean; columns: Map<string, DeclaredColumn> }>();
  for (const row of columns as readonly ColumnRow[]) {
    const { own, name, type } = row;
    if (!declared.has(own)) declared.set(own, { isStrict: row.strict === 1, columns: new Map() });
    declared.get(own)!.columns.set(fold(name), {
      ...{ type, isGenerated: row.generated === 1 },
      ...{ isNullable: row.nullable === 1, isRowId: row.rowid === 1 },
    });
  }
  return {
    declared,
    noted: new Map(noted.map((each, index) => [tables[index]!, each])),
    texts: new Map(texts.map((each, index) => [tables[index]!, each])),
  };
}

async function readNotes(read: Read): Promise<readonly { readonly definition: string }[]> {
  try {
    const notes = await read({ sql: `select definition from ${notesTable}`, parameters: [] });
    return notes as readonly { definition: string }[];
  } catch (error) {
    if (isMissingTable(error)) return [];
    throw error;
  }
}

function parseNote(text: string): TableDefinition {
  try {
    return own<TableDefinition>(JSON.parse(text));
  } catch (cause) {
    const found = JSON.stringify(text.slice(0, 80));
    throw new Error(
      `Cannot read the mapped tables: ${found} in ${notesTable} defines none; restore that row`,
      { cause },
    );
  }
}
