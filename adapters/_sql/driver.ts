import type { MaybePromise } from "../../src/persistence/adapter/maybe-promise.ts";
import type { SqlStatement } from "./statements.ts";

/** Runs statements on a database; at once where that is in this process, so no promise is needed. */
export interface SqlDriver {
  /** The identity of the database; `undefined` where nothing else can open it. */
  readonly source: object | string | undefined;
  /** Opens the database, where that takes time. Calls wait for it only here, so that none overtakes another later on. */
  open?(): MaybePromise<unknown>;
  /** Runs the statements in order in one transaction, all or none, and returns the rows of each. */
  batch(statements: readonly SqlStatement[]): MaybePromise<Results>;
  /** Runs one write, which costs less than a batch, and returns how many rows it changed: 0, or at least 1. */
  run(statement: SqlStatement): MaybePromise<number>;
  /** Reads one row, if there is one, which costs less than a batch. */
  get(statement: SqlStatement): MaybePromise<unknown>;
  /** Releases what the driver opened itself. */
  close(): Promise<void>;
}

/** The rows that each of several statements gave. */
export type Results = readonly (readonly unknown[])[];

/** Runs one statement and gives its rows. */
export type Read = (statement: SqlStatement) => Promise<readonly unknown[]>;
