import type { Kind } from "../../src/shared/kinds.ts";
import type { SqlDriver } from "../_sql/driver.ts";
import { type D1Binding, d1Kind } from "./d1-binding.ts";
import { d1Driver } from "./d1.ts";
import {
  type DurableObjectBinding,
  durableObjectDriver,
  durableObjectKind,
} from "./durable-object.ts";
import { type SqliteHandle, sqliteKind } from "./sqlite-handle.ts";
import type { SqliteFileOptions } from "./sqlite-file.ts";
import { sqliteDriver } from "./sqlite.ts";

/** Anything that speaks SQLite: a file, an open handle, a D1 binding, the storage of a Durable Object. */
export type SqlDatabase = string | SqliteHandle | D1Binding | DurableObjectBinding;

/** The kind of a database. */
export const databaseKind: Kind = {
  fits: (value) => [sqliteKind, d1Kind, durableObjectKind].some(({ fits }) => fits(value)),
  cure: `the path of a file, an open handle, a D1 binding, or ${durableObjectKind.cure}`,
  isRequired: true,
};

/** The driver of a database, and its place. */
export interface PlacedDriver {
  readonly driver: SqlDriver;
  readonly place: "process" | "object" | "d1";
}

/** Returns the driver of a database, which it knows by its methods. */
export function driverOf(database: SqlDatabase, options: SqliteFileOptions): PlacedDriver {
  if (typeof database !== "string") {
    if ("transactionSync" in database) {
      return { driver: durableObjectDriver(database), place: "object" };
    }
    if ("batch" in database) return { driver: d1Driver(database), place: "d1" };
  }
  return { driver: sqliteDriver(database, options), place: "process" };
}
