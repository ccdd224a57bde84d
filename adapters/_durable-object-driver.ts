import type { SqlDriver } from "./_sql.ts";

/** What the stores call on the `ctx.storage` of an object with SQLite. */
export interface DurableObjectBinding {
  /** The SQLite database of the object. */
  readonly sql: {
    exec(sql: string, ...parameters: unknown[]): DurableObjectCursor;
  };
  /** Runs a function in one transaction. */
  transactionSync<Result>(run: () => Result): Result;
}

/** What a statement gives. */
export interface DurableObjectCursor {
  /** How many rows were written so far, those of indexes among them. */
  readonly rowsWritten: number;
  /** Runs the statement to its end and returns its rows. */
  toArray(): unknown[];
}

/** Runs statements on an object's own storage. */
export function durableObjectDriver(storage: DurableObjectBinding): SqlDriver {
  return {
    batch(statements) {
      return storage.transactionSync(() => {
        return statements.map(({ sql, parameters }) => {
          return storage.sql.exec(sql, ...parameters).toArray();
        });
      });
    },
    run({ sql, parameters }) {
      const cursor = storage.sql.exec(sql, ...parameters);
      cursor.toArray();
      return cursor.rowsWritten;
    },
    get: ({ sql, parameters }) => storage.sql.exec(sql, ...parameters).toArray()[0],
    close: () => Promise.resolve(),
  };
}
