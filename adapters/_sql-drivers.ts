import { type D1Binding, d1Driver } from "./_d1-driver.ts";
import { type DurableObjectBinding, durableObjectDriver } from "./_durable-object-driver.ts";
import type { SqlDriver } from "./_sql.ts";
import { sqliteDriver, type SqliteHandle } from "./_sqlite-driver.ts";

/** Whatever speaks SQLite: a file, an open handle, a D1 binding, the storage of a Durable Object. */
export type SqlDatabase = string | SqliteHandle | D1Binding | DurableObjectBinding;

/** The driver of a database, told apart by its methods. */
export function driverOf(database: SqlDatabase): SqlDriver {
  if (typeof database === "string") return sqliteDriver(database);
  if ("transactionSync" in database) return durableObjectDriver(database);
  return "batch" in database ? d1Driver(database) : sqliteDriver(database);
}
