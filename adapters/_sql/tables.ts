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

/** Of several that begin at once, one changes the tables, and the others have to look at them again. */
const maxAttempts = 20;

/** What {@link SqlTables} need of their store. */
export interface SqlTablesContext {
  /** What errors name the store by. */
  readonly store: { readonly name: string };
  readonly driver: SqlDriver;
  readonly layoutOf: (type: string) => SqlLayout;
}

/** The tables of a store, which are made only when they turn out to be missing: that costs no one else a round trip. */
export class SqlTables {
  readonly #context: SqlTablesContext;
  #making: Promise<unknown> | undefined;

  constructor(context: SqlTablesContext) {
    this.#context = context;
  }

  /** What to wait for while tables are made, so as not to overtake the write that needs them. */
  get making(): Promise<unknown> | undefined {
    return this.#making;
  }

  /** Runs one statement and gives its rows. */
  readonly read: Read = async (statement) => (await this.#context.driver.batch([statement]))[0]!;

  /** Runs a read or removal, which makes no table: `undefined` where there is none, and so nothing to read. */
  ifThere<Result>(
    type: string,
    run: () => MaybePromise<Result>,
    attempt: number = 1,
  ): MaybePromise<Result | undefined> {
    return recovered<Result | undefined>(run, async (error) => {
      if (!isMissingTable(error) && !isMissingColumn(error)) throw error;
      const layout = this.#context.layoutOf(type);
      if (!layout.learn && isMissingTable(error)) return undefined;
      if (!layout.learn || attempt === maxAttempts) throw this.#explain([type], error);
      if (!await layout.learn(this.read)) return undefined;
      return this.ifThere(type, run, attempt + 1);
    });
  }

  /** Runs a write, and again once tables were made that it needs. */
  run<Result>(
    types: readonly string[],
    write: () => MaybePromise<Result>,
    attempt: number = 1,
  ): MaybePromise<Result> {
    return recovered(write, (error) => {
      const isMissing = isMissingTable(error) || isMissingColumn(error) || isMissingIndex(error);
      if (!isMissing) throw error;
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

  /** At once where that can be, so that a later write does not come before this one. */
  #makeAll([type, ...others]: readonly string[]): MaybePromise<unknown> {
    return type === undefined
      ? undefined
      : whenReady(this.#make(type), () => this.#makeAll(others));
  }

  #make(type: string): MaybePromise<unknown> {
    const { driver, layoutOf } = this.#context;
    return whenReady(layoutOf(type).create(this.read), (statements) => {
      return recovered<unknown>(() => driver.batch(statements), (error) => {
        // Where another one was faster, there is only less to do.
        if (!isPresentColumn(error)) throw this.#explain([type], error);
      });
    });
  }

  /** What to throw where a table is not as it has to be. */
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
