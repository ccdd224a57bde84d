import type { Entry } from "../../src/persistence/adapter/adapter.ts";
import type { MaybePromise } from "../../src/persistence/adapter/maybe-promise.ts";
import type { DocumentTable } from "./documents/table.ts";
import type { Read, Results } from "./driver.ts";
import type { FoundDocument, PageRange } from "./pages.ts";
import type * as sql from "./statements.ts";

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
  selectWhole(encodedKeys: readonly string[], now: number): sql.SqlStatement[];
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
  selectEntry(encodedKey: string, now: number): sql.SqlStatement[];
}

/** The common case: a document that is read, changed and written back. */
export interface SingleRow {
  /** Reads the row of an id. */
  select(encodedKey: string, now: number): sql.SqlStatement;
  /** The entry of a row that was selected; some parts may have to be read first. `undefined` if it has gone by then. */
  entry(encodedKey: string, row: unknown, read: Read): MaybePromise<Entry | undefined>;
  /** A write and its condition, if one statement can do both; it changes no row if the condition does not hold. */
  apply(write: sql.VersionedWrite, now: number): sql.SqlStatement | undefined;
}
