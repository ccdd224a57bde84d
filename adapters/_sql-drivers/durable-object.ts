import { hasMethods, type Kind } from "../../src/shared/kinds.ts";
import type { SqlDriver } from "../_sql/driver.ts";
import { toRow } from "./rows.ts";

/** The part of `ctx.storage`, of an object with SQLite, that the stores use. */
export interface DurableObjectBinding {
  /** The SQLite database of the object. */
  readonly sql: {
    exec(sql: string, ...parameters: unknown[]): DurableObjectCursor;
  };
  /** Runs a function in one transaction. */
  transactionSync<Result>(run: () => Result): Result;
}

/** The kind of the storage of an object. Without SQLite, the platform's own error says how to declare the class. */
export const durableObjectKind: Kind = {
  fits: (value) =>
    hasMethods(value, "transactionSync") && hasMethods((value as DurableObjectBinding).sql, "exec"),
  cure: "the ctx.storage of a Durable Object",
  isRequired: true,
};

/** The result of a statement. */
export interface DurableObjectCursor {
  /** How many rows were written so far, those of indexes included. */
  readonly rowsWritten: number;
  /** The names of the columns of its rows. */
  readonly columnNames: readonly string[];
  /** Runs the statement to its end, and returns its rows as arrays. */
  raw(): Iterable<readonly unknown[]>;
}

/** Runs statements on an object's own storage. */
export function durableObjectDriver(storage: DurableObjectBinding): SqlDriver {
  return {
    source: storage,
    batch(statements) {
      return storage.transactionSync(() => {
        return statements.map(({ sql, parameters }) => {
          return rowsOf(storage.sql.exec(sql, ...parameters));
        });
      });
    },
    run({ sql, parameters }) {
      const cursor = storage.sql.exec(sql, ...parameters);
      rowsOf(cursor);
      return cursor.rowsWritten;
    },
    get: ({ sql, parameters }) => rowsOf(storage.sql.exec(sql, ...parameters))[0],
    close: () => Promise.resolve(),
  };
}

function rowsOf(cursor: DurableObjectCursor): Record<string, unknown>[] {
  const names = cursor.columnNames;
  return Array.from(cursor.raw(), (values) => toRow(names, values));
}
