import type { Entry } from "../../src/persistence/adapter/adapter.ts";
import type { MaybePromise } from "../../src/persistence/adapter/maybe-promise.ts";
import type { DocumentTable } from "./documents/table.ts";
import type { Read, Results } from "./driver.ts";
import type { FoundDocument, PageRange } from "./pages.ts";
import type * as sql from "./statements.ts";

/** How the documents of a type are kept in tables. One of them has all versions of the type, one row a document. */
export type SqlLayout = Tables & (OneRow | SeveralRows);

/** A table that has rows of a type's documents. */
export interface TableOfType {
  readonly name: string;
  /** The property whose items its rows are; without it they are documents. */
  readonly property?: string;
  /** The columns that are named after the properties they hold; without it, all that are not the store's own. */
  readonly columns?: readonly string[];
}

interface Tables {
  /** The table of versions. */
  readonly versions: DocumentTable;
  /** Returns the tables of the documents. */
  tables(): readonly TableOfType[];
  /**
   * Finds out what is missing without making it, and returns whether there is anything to read; {@link select} and
   * {@link deleteAll} rely on it. Without this method there is nothing to read while {@link versions} is missing.
   */
  learn?(read: Read): Promise<boolean>;
  /** Makes what is missing, which may have to be found out first; {@link apply} relies on it. */
  create(read: Read): MaybePromise<sql.SqlStatement[]>;
  /** Reads the documents of a range. */
  select(range: PageRange, now: number): sql.SqlStatement[];
  /** Reads the documents of some keys, with their texts. */
  selectWhole(encodedKeys: readonly string[], now: number): sql.SqlStatement[];
  /** Returns what was selected, in order. */
  toFound(results: Results): FoundDocument[];
  /** Applies writes of this type whose conditions hold. */
  apply(writes: readonly sql.VersionedWrite[], now: number): sql.SqlStatement[];
  /** Lets rows make room for each other before these writes, which would collide otherwise. */
  rearrange?(writes: readonly sql.VersionedWrite[]): sql.SqlStatement[];
  /** Removes every document of the type. */
  deleteAll(): sql.SqlStatement[];
  /** Removes what has expired. */
  deleteExpired(now: number): sql.SqlStatement[];
}

/** A document is one row, apart from the rest of a long one. */
interface OneRow {
  /** One statement reads or writes a document. */
  readonly single: SingleRow;
}

/** A document is made of rows of several tables. */
interface SeveralRows {
  readonly single: undefined;
  /** Reads the document of a key. */
  selectEntry(encodedKey: string, now: number): sql.SqlStatement[];
}

/** The common case: a document that is read, changed and written back. */
export interface SingleRow {
  /** Reads the row of a key. */
  select(encodedKey: string, now: number): sql.SqlStatement;
  /**
   * Returns the entry in a selected row, parts of which may have to be read first; `undefined` if it is gone by then.
   */
  entry(encodedKey: string, row: unknown, read: Read): MaybePromise<Entry | undefined>;
  /** Returns one statement for a write and its condition, if one can do both; it changes no row if that fails. */
  apply(write: sql.VersionedWrite, now: number): sql.SqlStatement | undefined;
}
