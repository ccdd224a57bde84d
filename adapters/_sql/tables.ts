import {
  isPromise,
  type MaybePromise,
  recovered,
  whenReady,
} from "../../src/persistence/adapter/maybe-promise.ts";
import type { Read, SqlDriver } from "./driver.ts";
import {
  isMissingColumn,
  isMissingIndex,
  isMissingTable,
  isNoTable,
  isPresentColumn,
} from "./errors.ts";
import type { SqlLayout } from "./layout.ts";
import { violationIn } from "./violation.ts";

/** Of several stores that begin at once, one changes the tables, and the others have to look at them again. */
const maxAttempts = 20;

/** The store of {@link SqlTables}. */
export interface SqlTablesContext {
  /** The store, as errors name it. */
  readonly store: { readonly name: string };
  readonly driver: SqlDriver;
  readonly layoutOf: (type: string) => SqlLayout;
}

/** Makes the tables of a store when they turn out to be missing, so no other call costs a round trip. */
export class SqlTables {
  readonly #context: SqlTablesContext;
  #making: Promise<unknown> | undefined;

  constructor(context: SqlTablesContext) {
    this.#context = context;
  }

  /** What to wait for while tables are made, so no call overtakes the write that needs them. */
  get making(): Promise<unknown> | undefined {
    return this.#making;
  }

  /** Runs one statement and returns its rows. */
  readonly read: Read = async (statement) => (await this.#context.driver.batch([statement]))[0]!;

  /** Runs a read or a removal, which makes no table; returns `undefined` if there is none, so nothing to read. */
  ifThere<Result>(
    type: string,
    run: () => MaybePromise<Result>,
    attempt: number = 1,
  ): MaybePromise<Result | undefined> {
    return recovered<Result | undefined>(run, async (error) => {
      if (violationIn(error) || !isMissingTable(error) && !isMissingColumn(error)) throw error;
      const layout = this.#context.layoutOf(type);
      if (!layout.learn && isMissingTable(error)) return undefined;
      if (!layout.learn || attempt === maxAttempts) throw this.#explain([type], error);
      if (!await layout.learn(this.read)) return undefined;
      return this.ifThere(type, run, attempt + 1);
    });
  }

  /** Runs a write, and runs it again after making tables that it needs. */
  run<Result>(
    types: readonly string[],
    write: () => MaybePromise<Result>,
    attempt: number = 1,
  ): MaybePromise<Result> {
    return recovered(write, (error) => {
      const isMissing = isMissingTable(error) || isMissingColumn(error) || isMissingIndex(error);
      if (!isMissing || violationIn(error)) throw error;
      if (attempt === maxAttempts) throw this.#explain(types, error);
      const made = this.#makeAll(types);
      if (isPromise(made)) this.#keepWaiting(made);
      return whenReady(made, () => this.run(types, write, attempt + 1));
    });
  }

  #keepWaiting(made: Promise<unknown>): void {
    const all = Promise.allSettled([this.#making, made]).then(() => {
      if (this.#making === all) this.#making = undefined;
    });
    this.#making = all;
  }

  /** At once if possible, so a later write does not come before this one. */
  #makeAll([type, ...others]: readonly string[]): MaybePromise<unknown> {
    return type === undefined
      ? undefined
      : whenReady(this.#make(type), () => this.#makeAll(others));
  }

  #make(type: string): MaybePromise<unknown> {
    const { driver, layoutOf } = this.#context;
    return whenReady(layoutOf(type).create(this.read), (statements) => {
      return recovered<unknown>(() => driver.batch(statements), (error) => {
        // If another store was faster, there is only less to do.
        if (!isPresentColumn(error)) throw this.#explain([type], error);
      });
    });
  }

  /** Returns the error for a table that is not as it has to be. */
  #explain(types: readonly string[], cause: unknown): unknown {
    const problem = isMissingColumn(cause)
      ? "its table has other columns than rian's; rename the type or that table"
      : isNoTable(cause)
      ? "its table is a view, or virtual, and takes no columns; choose another name for it"
      : undefined;
    if (problem === undefined) return cause;
    const [type, store] = [types.join(" or "), this.#context.store.name];
    return new Error(`Cannot use the type ${type} in ${store}: ${problem}`, { cause });
  }
}
