import type { Entry } from "../src/persistence/adapter.ts";
import type { Range } from "../src/persistence/base-adapter.ts";
import { decodeValue } from "../src/persistence/codec.ts";
import { decodeKey } from "../src/persistence/keys.ts";
import * as sql from "./_sql-statements.ts";

/** The rows that each of several statements gave. */
export type Results = readonly (readonly unknown[])[];

/** How the documents of a type lie in tables. All versions of a type are in one of them, one row a document. */
export interface SqlLayout {
  /** The quoted table of versions. */
  readonly versions: string;
  /** Whether that table holds everything, so that there is nothing to read while it is missing. */
  readonly isOneTable: boolean;
  /** Makes what is missing; `columnsOf` tells the columns that a table has by now. */
  create(columnsOf: (table: string) => Promise<readonly string[]>): Promise<sql.SqlStatement[]>;
  /** Reads the documents of a range, or the one of an id. */
  select(where: string | Range, now: number): sql.SqlStatement[];
  /** The entries in what {@link select} gave, and how much memory each took. */
  toEntries(results: Results): { entry: () => Entry; id: string; length: number }[];
  /** Applies writes of this type whose conditions hold. */
  apply(writes: readonly sql.VersionedWrite[], now: number): sql.SqlStatement[];
  /** One write and its condition, if one statement can do both: it changes no row if the condition did not hold. */
  applySingle?(write: sql.VersionedWrite, now: number): sql.SqlStatement;
  deleteAll(): sql.SqlStatement[];
  deleteExpired(now: number): sql.SqlStatement[];
}

/** A table per type, with each document as text in one row. */
export function documentLayout(type: string): SqlLayout {
  const table = sql.tableOf(type);
  return {
    versions: table,
    isOneTable: true,
    create: async () => sql.createTable(type),
    select(where, now) {
      return typeof where === "string"
        ? [sql.selectEntry(table, { type, id: where }, now)]
        : [sql.selectRange(table, { type, range: where }, now)];
    },
    toEntries: ([rows]) => {
      return (rows as sql.SqlRow[]).map((row) => {
        return { entry: () => toEntry(type, row), id: row.id, length: row.data.length };
      });
    },
    apply: (writes, now) => sql.applyAll(table, writes, now),
    applySingle: (write, now) => sql.applySingle(table, write, now),
    deleteAll: () => [sql.deleteAll(table, type)],
    deleteExpired: (now) => [sql.deleteExpired(table, now)],
  };
}

function toEntry(type: string, row: sql.SqlRow): Entry {
  const key = decodeKey(row.id);
  const value = decodeValue({ format: row.format, text: row.data }, { type, key });
  return withMetadata({ key, value, version: row.version }, row.metadata, type);
}

/** The entry with its stored metadata, if it has any. */
export function withMetadata(entry: Entry, metadata: string | null, type: string): Entry {
  if (metadata === null) return entry;
  return {
    ...entry,
    metadata: decodeValue({ format: 1, text: metadata }, { type, key: entry.key }),
  };
}
