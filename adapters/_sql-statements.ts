/**
 * The SQL of the stores that keep one table per type. Rows carry their type too: SQLite folds the case of table
 * names, so `Note` and `note` share a table and are told apart by that column.
 *
 * @module
 */
import type { EncodedValue } from "../src/persistence/codec.ts";
import type { PreparedPut, PreparedWrite } from "../src/persistence/prepare.ts";
import type { Range } from "../src/persistence/base-adapter.ts";
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

/** Several rows travel as one JSON parameter; a larger row goes alone, as JSON in JSON would double it. */
const MAX_JOINED_LENGTH = 100_000;
const MAX_PARAMETER_LENGTH = 500_000;

const COLUMNS = "type, id, data, format, version, metadata, expires, chunks";
const OVERWRITE = "data = excluded.data, format = excluded.format, version = excluded.version, " +
  "metadata = excluded.metadata, expires = excluded.expires, chunks = excluded.chunks";
/** True of what has not expired at the time that is bound to it. */
const ALIVE = "(expires is null or expires > ?)";
const SELECTED = "id, data, format, version, metadata, chunks";

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

export function selectEntry(
  table: string,
  { type, id }: { readonly type: string; readonly id: string },
  now: number,
): SqlStatement {
  return {
    sql: `select ${SELECTED} from ${table} where type = ? and id = ? and ${ALIVE}`,
    parameters: [type, id, now],
  };
}

export function selectRange(
  table: string,
  { type, range }: { readonly type: string; readonly range: Range },
  now: number,
): SqlStatement {
  const { after, limit, reverse } = range;
  const [direction, comparison] = reverse ? ["desc", "<"] : ["asc", ">"];
  const from = after === undefined ? "" : `and id ${comparison} ?`;
  return {
    sql: `select ${SELECTED} from ${table} where type = ? and ${ALIVE} ${from} ` +
      `order by id ${direction} limit ?`,
    parameters: [type, now, ...after === undefined ? [] : [after], limit],
  };
}

export function deleteAll(table: string, type: string): SqlStatement {
  return { sql: `delete from ${table} where type = ?`, parameters: [type] };
}

export function deleteExpired(table: string, now: number): SqlStatement {
  return { sql: `delete from ${table} where expires <= ?`, parameters: [now] };
}

/** A write and its condition, if one statement can do both; it changes no row if the condition does not hold. */
export function applySingle(
  table: string,
  write: VersionedWrite,
  now: number,
): SqlStatement | undefined {
  const { type, id, ifVersion, put } = write;
  if (put ? put.ttl !== undefined : typeof ifVersion !== "string") return undefined;
  if (!put) {
    return {
      sql: `delete from ${table} where type = ? and id = ? and version = ? and ${ALIVE}`,
      parameters: [type, id, ifVersion!, now],
    };
  }
  const values = rowOf(write, put, now);
  if (ifVersion === undefined) return upsert(table, values);
  if (ifVersion === null) {
    return {
      sql: `insert into ${table} (${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?) ` +
        `on conflict do update set ${OVERWRITE} where expires <= ?`,
      parameters: [...values, now],
    };
  }
  return {
    sql: `update ${table} set data = ?, format = ?, version = ?, metadata = ?, expires = ?, ` +
      `chunks = ? where type = ? and id = ? and version = ? and ${ALIVE}`,
    parameters: [...values.slice(2), type, id, ifVersion, now],
  };
}

/** A query of the ids whose version is not the expected one; the writes are of one type. */
export function selectChanged(
  table: string,
  writes: readonly VersionedWrite[],
  now: number,
): SqlStatement {
  const type = writes[0]!.type;
  const expected = writes.map(({ id, ifVersion }) => [id, ifVersion]);
  return {
    sql: `select value ->> 0 as id from json_each(?) where not ((select version from ` +
      `${table} where type = ? and id = value ->> 0 and ${ALIVE}) is value ->> 1)`,
    parameters: [JSON.stringify(expected), type, now],
  };
}

/**
 * A statement that fails when {@link selectChanged} finds anything, and takes the transaction with it: SQL has no
 * way to raise an error outside of a trigger, but `json` refuses what is no JSON.
 */
export function assertUnchanged(
  table: string,
  writes: readonly VersionedWrite[],
  now: number,
): SqlStatement {
  const { sql, parameters } = selectChanged(table, writes, now);
  return { sql: `select case when exists (${sql}) then json('conflict') end`, parameters };
}

/** The names of a table's columns; none if there is no such table. */
export function selectColumns(table: string): SqlStatement {
  return { sql: "select name from pragma_table_info(?)", parameters: [table] };
}

/** The deletes and puts of one type, in as few statements as fit. */
export function applyAll(
  table: string,
  writes: readonly VersionedWrite[],
  now: number,
): SqlStatement[] {
  const type = writes[0]!.type;
  const removed = writes.filter(({ put }) => !put).map(({ id }) => id);
  const rows = writes.flatMap((write) => write.put ? [rowOf(write, write.put, now)] : []);
  const statements: SqlStatement[] = [];
  if (removed.length > 0) {
    const ids = "select value from json_each(?)";
    const sql = `delete from ${table} where type = ? and id in (${ids})`;
    statements.push({ sql, parameters: [type, JSON.stringify(removed)] });
  }
  for (const part of partition(rows)) {
    statements.push(part.length === 1 ? upsert(table, part[0]!) : upsertMany(table, part));
  }
  return statements;
}

type Values = readonly [
  type: string,
  id: string,
  data: string,
  format: number,
  version: string,
  metadata: string | null,
  expires: number | null,
  chunks: number,
];

function rowOf(write: VersionedWrite, put: PreparedPut<EncodedValue>, now: number): Values {
  const { encoded: { format, text }, metadata, ttl } = put;
  const expires = ttl === undefined ? null : Math.ceil(now + ttl);
  const encodedMetadata = metadata === undefined ? null : JSON.stringify(metadata);
  const chunks = write.chunks ?? 0;
  return [write.type, write.id, text, format, write.version!, encodedMetadata, expires, chunks];
}

/** Rows in groups that can each travel as one parameter. */
function partition(rows: readonly Values[]): Values[][] {
  const parts: Values[][] = [];
  let size = Infinity;
  for (const row of rows) {
    const [, id, data, , , metadata] = row;
    if (data.length > MAX_JOINED_LENGTH) {
      parts.unshift([row]);
      continue;
    }
    const length = id.length + data.length + (metadata?.length ?? 0) + 100;
    if (size + length > MAX_PARAMETER_LENGTH) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)!.push(row);
    size += length;
  }
  return parts;
}

function upsert(table: string, row: Values): SqlStatement {
  return {
    sql: `insert into ${table} (${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?) ` +
      `on conflict do update set ${OVERWRITE}`,
    parameters: row,
  };
}

function upsertMany(table: string, rows: readonly Values[]): SqlStatement {
  const values = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => `value ->> ${index}`).join(", ");
  return {
    // Without "where true" SQLite would read "on conflict" as a join.
    sql: `insert into ${table} (${COLUMNS}) select ${values} from json_each(?) where true ` +
      `on conflict do update set ${OVERWRITE}`,
    parameters: [JSON.stringify(rows)],
  };
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
