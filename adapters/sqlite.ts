/**
 * Documents in a SQLite database of this process.
 *
 * @module
 */
import type { Capabilities } from "../src/persistence/adapter/adapter.ts";
import { checkOptions } from "../src/shared/check-options.ts";
import { optionsOf } from "../src/shared/kinds.ts";
import {
  assertUsable,
  fileOptionKinds,
  type SqliteFileOptions,
} from "./_sql-drivers/sqlite-file.ts";
import { type SqliteHandle, sqliteKind } from "./_sql-drivers/sqlite-handle.ts";
import { sqliteDriver } from "./_sql-drivers/sqlite.ts";
import { sqlCapabilities, sqliteLimits } from "./_sql/limits.ts";
import { sqlOptionKinds, SqlStore, type SqlStoreOptions } from "./_sql/store.ts";

export type { SqliteFileOptions } from "./_sql-drivers/sqlite-file.ts";
export type { SqliteBuild } from "./_sql-drivers/builds.ts";
export type { SqliteHandle, SqliteStatement } from "./_sql-drivers/sqlite-handle.ts";
export type { SqlStore, SqlStoreOptions } from "./_sql/store.ts";

/** Options of {@link SqliteStore}. */
export interface SqliteStoreOptions extends SqlStoreOptions, SqliteFileOptions {
  /** Decides when entries expire, how long a locked file is waited for, and when it is looked for; for tests. */
  readonly clock?: NonNullable<SqliteFileOptions["clock"]>;
}

/**
 * Keeps one table per type in SQLite: `id`, `data` (JSON that other tools can query), `version` and a few more columns.
 * A table is made when its type is first written. Conditional writes hold between all processes that open the file.
 *
 * Given a path, it opens the file at the first use, in WAL mode, with better-sqlite3 if that is installed and works, and
 * with `node:sqlite` otherwise, unless `driver` names one. Another build of SQLite in the same process must not open the
 * file as well: that loses commits. If the file is deleted or replaced, writes are refused from then on. A file that is
 * locked is waited for without stopping the process.
 *
 * It uses an open handle of either as it is, and leaves it open; while the owner of the handle has a transaction open,
 * reads work and writes are refused.
 *
 * @example
 * ```ts
 * import { SqliteStore } from "rian/sqlite";
 *
 * const store = new SqliteStore(":memory:");
 * const [version] = await store.commit([{ type: "User", key: 42, value: { name: "Ada" } }]);
 * await store.commit([{ type: "User", key: 42, value: { name: "Grace" }, ifVersion: version }]);
 * console.log(await store.load("User", "42")); // null: "42" is another key than 42
 * await store.close();
 * ```
 */
export class SqliteStore extends SqlStore {
  /** The backend, as errors name it. */
  override readonly name = "SQLite";
  /** What the backend promises. */
  override readonly capabilities: Capabilities = sqlCapabilities(sqliteLimits);

  /** Uses the file at a path, or an open handle, which stays open. */
  constructor(database: string | SqliteHandle, options: SqliteStoreOptions = {}) {
    checkOptions("use SQLite", { database, options }, {
      database: sqliteKind,
      options: optionsOf({ ...sqlOptionKinds, ...fileOptionKinds }),
    });
    assertUsable(database, options);
    super(sqliteDriver(database, options), options);
  }
}
