/**
 * Documents in ordinary SQLite tables, as a JSON Schema describes them.
 *
 * @module
 */
import type { Capabilities } from "../src/persistence/adapter/adapter.ts";
import { sourceWithin } from "../src/persistence/adapter/source.ts";
import { checkOptions } from "../src/shared/check-options.ts";
import * as kind from "../src/shared/kinds.ts";
import { own } from "../src/shared/own.ts";
import { MappedCatalog } from "./_mapped/catalog.ts";
import { mappedLayout } from "./_mapped/layout.ts";
import type { MappedSchema } from "./_mapped/properties.ts";
import { readMapping, type StoreMapping } from "./_mapped/schema.ts";
import { databaseKind, driverOf, type PlacedDriver, type SqlDatabase } from "./_sql-drivers/any.ts";
import {
  assertUsable,
  fileOptionKinds,
  type SqliteFileOptions,
} from "./_sql-drivers/sqlite-file.ts";
import type { SqlLayout } from "./_sql/layout.ts";
import {
  d1Limits,
  durableObjectLimits,
  sqlCapabilities,
  sqliteLimits,
  type SqlLimits,
} from "./_sql/limits.ts";
import { sqlOptionKinds, SqlStore, type SqlStoreOptions } from "./_sql/store.ts";

export type { MappedSchema } from "./_mapped/properties.ts";
export type { StoreMapping } from "./_mapped/schema.ts";
export type { SqlDatabase } from "./_sql-drivers/any.ts";
export type { SqliteFileOptions } from "./_sql-drivers/sqlite-file.ts";
export type { SqliteBuild } from "./_sql-drivers/builds.ts";

/** Options of {@link SqliteMappedStore}. */
export interface SqliteMappedStoreOptions extends SqlStoreOptions, SqliteFileOptions {
  /** Decides when entries expire, how long a locked file is waited for, and when it is looked for; for tests. */
  readonly clock?: NonNullable<SqliteFileOptions["clock"]>;
  /** The table (`entity`) and the key property (`pk`) of each type that has tables. */
  readonly mapping: StoreMapping;
  /** The schema whose `$defs` describe those types. */
  readonly schema: MappedSchema;
}

const optionKinds: kind.Kinds<SqliteMappedStoreOptions> = {
  mapping: {
    ...kind.record,
    cure:
      'the table of each type, such as { Todo: { "x-na:store": { entity: "todos", pk: "id" } } }',
    isRequired: true,
  },
  schema: { ...kind.record, cure: "a JSON Schema with $defs", isRequired: true },
  ...sqlOptionKinds,
  ...fileOptionKinds,
};

const limitsOf: Readonly<Record<PlacedDriver["place"], SqlLimits>> = {
  process: sqliteLimits,
  object: durableObjectLimits,
  d1: d1Limits,
};

/**
 * Keeps documents in ordinary tables that other tools can query. A property of a scalar type has a column. An array of
 * documents (`items: { $ref: "#/$defs/Todo" }`) is rows of the items' table, in the order of `rian_position`, with the
 * document's key in a column such as `todo_list_id`. What has no column (nested objects, arrays of scalars, properties
 * that are not in the schema or exceed the room of a table) is JSON in `rian_rest`; a value that its column cannot give
 * back exactly is in `rian_exact` as well.
 *
 * Tables are made when they are first written, and get a new column when the schema gets a property; the column of a
 * property that the schema no longer has keeps its values. A commit is one transaction and writes only rows that
 * differ. Types that are not in the mapping are kept as `SqliteStore` keeps them.
 *
 * It runs on a file (see `SqliteStore`), an open better-sqlite3 or `node:sqlite` handle, a D1 binding, or the
 * storage of a Durable Object.
 *
 * @example
 * ```ts
 * import { SqliteMappedStore } from "rian/sqlite-mapped";
 *
 * const store = new SqliteMappedStore(":memory:", {
 *   mapping: {
 *     Todo: { "x-na:store": { entity: "todos", pk: "id" } },
 *     TodoList: { "x-na:store": { entity: "todo_lists", pk: "id" } },
 *   },
 *   schema: {
 *     $defs: {
 *       Todo: { properties: { id: { type: "string" }, done: { type: "boolean" } } },
 *       TodoList: {
 *         properties: {
 *           id: { type: "string" },
 *           items: { type: "array", items: { $ref: "#/$defs/Todo" } },
 *         },
 *       },
 *     },
 *   },
 * });
 * await store.persist("TodoList", "my-list", {}, { id: "my-list", items: [{ id: "a", done: true }] });
 * // select id from todos where todo_list_id = 'my-list' and done
 * await store.close();
 * ```
 */
export class SqliteMappedStore extends SqlStore {
  /** The backend, as errors name it. */
  override readonly name = "SQLite";
  /** What the backend promises. */
  override readonly capabilities: Capabilities;
  /** @internal */
  protected override readonly joined: boolean;
  readonly #catalog: MappedCatalog;

  /**
   * Uses the file at a path, or what is open already.
   *
   * @throws {TypeError} when an argument is not what it should be, the mapping and the schema do not fit each other, or
   * a `pk` cannot be a column.
   */
  constructor(database: SqlDatabase, options: SqliteMappedStoreOptions) {
    checkOptions("use SQLite", { database, options }, {
      database: databaseKind,
      options: {
        ...kind.optionsOf(optionKinds),
        cure: "an object with mapping and schema",
        isRequired: true,
      },
    });
    assertUsable(database, options);
    const { driver, place } = driverOf(database, options);
    super({ ...driver, source: mappedSource(driver.source) }, options);
    this.joined = place === "d1";
    const { mapped, maxColumns } = limitsOf[place];
    const entities = readMapping(options.mapping, own(options.schema));
    this.#catalog = new MappedCatalog(entities, maxColumns);
    this.capabilities = { ...sqlCapabilities(mapped), editable: true };
  }

  /** @internal */
  protected override layoutOf(type: string): SqlLayout {
    return this.#catalog.has(type) ? mappedLayout(type, this.#catalog) : super.layoutOf(type);
  }
}

/** Returns a source of its own: `SqliteStore` keeps a mapped type elsewhere in the same database. */
function mappedSource(source: object | string | undefined): object | string | undefined {
  return typeof source === "object" ? sourceWithin(source, "mapped") : source && `${source}#mapped`;
}
