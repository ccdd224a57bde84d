/**
 * Statements, and the tables that hold documents. Rows carry their type too: SQLite folds the case of table names,
 * so that `Note` and `note` share a table and are told apart by that column.
 *
 * @module
 */
import type { EncodedValue } from "../src/persistence/codec.ts";
import type { PreparedWrite } from "../src/persistence/prepare.ts";
import type { Version } from "../src/persistence/adapter.ts";

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
export interface VersionedWrite extends PreparedWrite<EncodedValue> {
  readonly version: Version | null;
  /** How many rows hold the rest of the data. */
  readonly chunks?: number;
}

export function createTable(type: string): SqlStatement[] {
  const index = quote(`${tableName(type)} expires`);
  return createDocuments(tableOf(type), index);
}

/** The table of documents, and the index by which expired ones are found; both names are quoted. */
export function createDocuments(table: string, index: string): SqlStatement[] {
  return [
    `create table if not exists ${table} (type text not null, id text not null, data text not null, ` +
    "format integer not null, version text not null, metadata text, expires integer, " +
    "chunks integer not null, primary key (type, id))",
    `create index if not exists ${index} on ${table} (expires) where expires is not null`,
  ].map((sql) => ({ sql, parameters: [] }));
}

/** The names of a table's columns; none if there is no such table. */
export function selectColumns(table: string): SqlStatement {
  return { sql: "select name from pragma_table_info(?)", parameters: [table] };
}

/** The quoted table of a type. */
export function tableOf(type: string): string {
  return quote(tableName(type));
}

function tableName(type: string): string {
  // "~" is what we escape with; SQLite and Cloudflare keep these prefixes to themselves.
  const escaped = type.replaceAll("~", "~~").replaceAll("\0", "~0");
  return /^(sqlite_|_cf_)/i.test(escaped) ? `~${escaped}` : escaped;
}

/** A name as SQL takes it, whatever characters it has. */
export function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
