import type { Entry } from "../src/persistence/adapter.ts";
import { decodeEntry, decodeValue } from "../src/persistence/codec.ts";
import type { MaybePromise } from "../src/persistence/maybe-promise.ts";
import * as chunks from "./_sql-chunks.ts";
import { DocumentTable } from "./_sql-document-table.ts";
import type { PageRange } from "./_sql-pages.ts";
import * as sql from "./_sql-statements.ts";

/** The rows that each of several statements gave. */
export type Results = readonly (readonly unknown[])[];

/** Runs one statement and gives its rows. */
export type Read = (statement: sql.SqlStatement) => Promise<readonly unknown[]>;

/** How the documents of a type lie in tables. All versions of a type are in one of them, one row a document. */
export type SqlLayout = Tables & (OneRow | SeveralRows);

interface Tables {
  /** The table of versions. */
  readonly versions: DocumentTable;
  /** The names of the tables that documents lie in. */
  tables(): readonly string[];
  /**
   * Finds out what is missing without making it, and says whether there is anything to read; {@link select} and
   * {@link deleteAll} go by that. Without it there is nothing to read while {@link versions} is missing.
   */
  learn?(read: Read): Promise<boolean>;
  /** Makes what is missing, which may have to be found out first; {@link apply} goes by that. */
  create(read: Read): MaybePromise<sql.SqlStatement[]>;
  /** Reads the documents of a range. */
  select(range: PageRange, now: number): sql.SqlStatement[];
  /** Reads the documents of some ids, with their texts. */
  selectWhole(ids: readonly string[], now: number): sql.SqlStatement[];
  /** What was selected, in order. */
  toFound(results: Results): FoundDocument[];
  /** Applies writes of this type whose conditions hold. */
  apply(writes: readonly sql.VersionedWrite[], now: number): sql.SqlStatement[];
  /** Lets rows make room for each other before these writes, where they would meet otherwise. */
  rearrange?(writes: readonly sql.VersionedWrite[]): sql.SqlStatement[];
  deleteAll(): sql.SqlStatement[];
  deleteExpired(now: number): sql.SqlStatement[];
}

/** A document is one row, but for the rest of a long one. */
interface OneRow {
  /** How one document is read and written by one statement. */
  readonly single: SingleRow;
}

/** A document is made of rows of several tables. */
interface SeveralRows {
  readonly single?: undefined;
  /** Reads the document of an id. */
  selectEntry(id: string, now: number): sql.SqlStatement[];
}

/** The common case: a document that is read, changed and written back. */
export interface SingleRow {
  /** Reads the row of an id. */
  select(id: string, now: number): sql.SqlStatement;
  /** The entry of a row that was selected; some parts may have to be read first. `undefined` if it has gone by then. */
  entry(id: string, row: unknown, read: Read): MaybePromise<Entry | undefined>;
  /** A write and its condition, if one statement can do both; it changes no row if the condition does not hold. */
  apply(write: sql.VersionedWrite, now: number): sql.SqlStatement | undefined;
}

/** A document that was found. */
export interface FoundDocument {
  readonly id: string;
  /** How much memory it takes, about. */
  readonly length: number;
  /** Whether it is so long that it has to be read by {@link SqlLayout.selectWhole}. */
  readonly isWithoutText: boolean;
  /** Its value and version; some parts may have to be read first. `undefined` if it has gone by then. */
  entry(read: Read): MaybePromise<Entry | undefined>;
}

/** How documents become rows. */
export interface RowOptions {
  /** How long a text one row holds; the rest of a longer one is in further rows. */
  readonly rowLength: number;
  /** Whether many rows travel in one statement. */
  readonly joined: boolean;
}

/** A row whose id is known. */
type SelectedRow = Omit<sql.SqlRow, "id">;

/** A row that is whole, or has its length in the place of a long text. */
type FoundRow = Omit<sql.SqlRow, "data"> & { readonly data: string | number };

/** A table per type, with each document as text in one row. */
export function documentLayout(type: string, { rowLength, joined }: RowOptions): SqlLayout {
  const table = new DocumentTable(sql.tableOf(type));
  const isLong = (write: sql.VersionedWrite) => chunks.isLong(write, rowLength);
  function entryOf(id: string, row: SelectedRow, read: Read): MaybePromise<Entry | undefined> {
    if (row.chunks === 0) return toEntry(type, id, row);
    return chunks.readRest({ ...row, id }, { table: table.name, type, read })
      .then((whole) => whole && toEntry(type, id, whole));
  }
  return {
    versions: table,
    tables: () => [table.name],
    create: () => [
      ...sql.createTable(type),
      ...rowLength < Infinity ? chunks.createTriggers(table.name) : [],
    ],
    select: (range, now) => [table.selectPage(type, range, now)],
    selectWhole: (ids, now) => table.selectIds(type, ids, now),
    toFound: (results) => {
      const rows = results.length === 1 ? results[0] : results.flat();
      return (rows as FoundRow[]).map((row) => {
        const isWithoutText = typeof row.data === "number";
        const length = isWithoutText ? Number(row.data) : row.data.length * (row.chunks + 1);
        return {
          id: row.id,
          // A row that is damaged may have none, and the size of the next page is not to be lost with it.
          length: length || 0,
          isWithoutText,
          entry: (read) => entryOf(row.id, row as sql.SqlRow, read),
        };
      });
    },
    apply(writes, now) {
      if (!writes.some(isLong)) return table.applyAll(writes, now, { joined });
      const split = writes.map((write) => chunks.splitWrite(write, rowLength));
      return [
        ...table.applyAll(split.map(({ head }) => head), now, { joined }),
        ...split.flatMap(({ rest }) =>
          rest.flatMap((each) => table.applyAll([each], now, { joined }))
        ),
      ];
    },
    single: {
      select: (id, now) => table.selectSingle(type, id, now),
      entry: (id, row, read) => entryOf(id, row as SelectedRow, read),
      apply: (write, now) => isLong(write) ? undefined : table.applySingle(write, now),
    },
    deleteAll: () => [table.deleteAll(type)],
    deleteExpired: (now) => [table.deleteExpired(now)],
  };
}

function toEntry(
  type: string,
  id: string,
  { data, format, version, metadata }: SelectedRow,
): Entry {
  return withMetadata(decodeEntry(type, { id, format, text: data, version }), metadata, type);
}

/** The entry with its stored metadata, if it has any. */
export function withMetadata(entry: Entry, metadata: string | null, type: string): Entry {
  if (metadata === null) return entry;
  return {
    ...entry,
    metadata: decodeValue({ format: 1, text: metadata }, { type, key: entry.key }),
  };
}
