/**
 * Statements, and the tables that hold documents. Rows carry their type too: SQLite folds the case of table names, so
 * `Note` and `note` share a table, and that column tells them apart.
 *
 * @module
 */
import type { Version } from "../../src/persistence/adapter/adapter.ts";
import type { EncodedWrite } from "../../src/persistence/adapter/codec.ts";

/** One statement and what is bound to it. */
export interface SqlStatement {
  readonly sql: string;
  readonly parameters: readonly (string | number | null)[];
}

/** A stored entry. */
export interface SqlRow {
  readonly id: string;
  readonly data: string;
  readonly format: number;
  readonly version: Version;
  readonly metadata: string | null;
  /** How many rows hold the rest of the data. */
  readonly chunks: number;
}

/** A write with the version that it will leave behind. */
export interface VersionedWrite extends EncodedWrite {
  readonly version: Version | null;
  /** How many rows hold the rest of the data. */
  readonly chunks: number;
}

/** Makes the table of a type. */
export function createTable(type: string): SqlStatement[] {
  const table = tableOf(type);
  return createDocuments(table, ownName(table, "expires"));
}

/** Makes a table of documents, and the index by which expired ones are found; both names are quoted. */
export function createDocuments(table: string, index: string): SqlStatement[] {
  return [
    `create table if not exists ${table} (type text not null, id text not null, data text not null, ` +
    "format integer not null, version text not null, metadata text, expires integer, " +
    "chunks integer not null, primary key (type, id))",
    `create index if not exists ${index} on ${table} (expires) where expires is not null`,
  ].map((sql) => ({ sql, parameters: [] }));
}

/** Returns the quoted name of a type's table. */
export function tableOf(type: string): string {
  return quote(tableName(type));
}

/** Returns the quoted name of what belongs to a quoted table, such as an index; no type has a table of this name. */
export function ownName(table: string, purpose: string): string {
  return `${table.slice(0, -1)}~${purpose}"`;
}

/**
 * The names that SQLite, Cloudflare and rian reserve, and those of SQLite's table-valued functions, which a table of the
 * same name would hide from our own statements.
 */
const reserved =
  /^(sqlite_|_cf_|rian_|pragma_|jsonb?_|(generate_series|dbstat|bytecode|tables_used)$)/i;

/** Returns the name of a type's table. */
export function tableName(type: string): string {
  const escaped = type.replaceAll("~", "~~").replaceAll("\0", "~0");
  return isReserved(escaped) ? `~${escaped}` : escaped;
}

/** Returns whether a table cannot have this name, or should not. */
export function isReserved(name: string): boolean {
  return reserved.test(name);
}

/** Returns a name as SQL takes it, whatever characters it has. */
export function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** Returns text as SQL takes it; it holds no NUL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
