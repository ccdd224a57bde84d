import type { SqlDriver } from "./_sql.ts";

/** What the stores call on the `ctx.storage` of an object with SQLite. */
export interface DurableObjectBinding {
  /** The SQLite database of the object. */
  readonly sql: {
    exec(sql: string, ...parameters: unknown[]): { toArray(): unknown[] };
  };
  /** Runs a function in one transaction. */
  transactionSync<Result>(run: () => Result): Result;
}

/** Runs statements on an object's own storage. */
export function durableObjectDriver(storage: DurableObjectBinding): SqlDriver {
  return {
    async batch(statements) {
      return storage.transactionSync(() => {
        return statements.map(({ sql, parameters }) => {
          return storage.sql.exec(sql, ...parameters).toArray();
        });
      });
    },
    async run({ sql, parameters }) {
      storage.sql.exec(sql, ...parameters).toArray();
      const [row] = storage.sql.exec("select changes() as changes").toArray();
      return (row as { changes: number }).changes;
    },
    close: () => Promise.resolve(),
  };
}
