import type { MaybePromise } from "../../src/persistence/adapter/maybe-promise.ts";
import type { SqlStatement } from "./statements.ts";

/** Runs statements on a database; at once if it is in this process, so no promise is needed. */
export interface SqlDriver {
  /** The identity of the database; `undefined` where nothing else can open it. */
  readonly source: object | string | undefined;
  /** Opens the database, if that takes time. Calls wait for it only here, so none overtakes another later. */
  open?(): MaybePromise<unknown>;
  /** Runs the statements in order in one transaction, all or none, and returns the rows of each. */
  batch(statements: readonly SqlStatement[]): MaybePromise<Results>;
  /** Runs one write, which costs less than a batch, and returns how many rows it changed: 0, or at least 1. */
  run(statement: SqlStatement): MaybePromise<number>;
  /** Reads one row, if there is one; costs less than a batch. */
  get(statement: SqlStatement): MaybePromise<unknown>;
  /** Releases what the driver opened itself. */
  close(): Promise<void>;
}

/** The rows of each of several statements. */
export type Results = readonly (readonly unknown[])[];

/** Runs one statement and returns its rows. */
export type Read = (statement: SqlStatement) => Promise<readonly unknown[]>;
