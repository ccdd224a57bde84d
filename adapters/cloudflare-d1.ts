/**
 * Documents in Cloudflare D1.
 *
 * @module
 */
import type { Capabilities } from "../src/persistence/adapter/adapter.ts";
import type { EncodedWrite } from "../src/persistence/adapter/codec.ts";
import { checkOptions } from "../src/shared/check-options.ts";
import { optionsOf } from "../src/shared/kinds.ts";
import { assertBound } from "./_shared/worker-binding.ts";
import { type D1Binding, d1Driver, d1Kind } from "./_sql-drivers/d1.ts";
import { assertRoomInDump } from "./_sql/documents/row-limits.ts";
import { d1Limits, maxStatementBytes, sqlCapabilities } from "./_sql/limits.ts";
import { sqlOptionKinds, SqlStore, type SqlStoreOptions } from "./_sql/store.ts";

export type { D1Binding, D1BindingStatement } from "./_sql-drivers/d1.ts";

/** Options of {@link D1Store}. */
export type D1StoreOptions = SqlStoreOptions;

/**
 * Keeps one table per type in D1: `id`, `data` (JSON that other tools can query), `version` and a few more columns. A
 * table is made when its type is first written. Conditional writes hold between all Workers.
 *
 * A commit is one round trip. A document may be up to 8 MB. Rows are so short that `wrangler d1 export` writes no
 * statement that D1 refuses to read back.
 *
 * @example In a Worker with a D1 binding named `DB`
 * ```ts ignore
 * import { D1Store } from "rian/cloudflare-d1";
 *
 * export default {
 *   async fetch(_request: Request, env: { DB: D1Database }): Promise<Response> {
 *     const store = new D1Store(env.DB);
 *     const visits = (await store.get("Counter", "visits")) ?? { value: 0, version: null };
 *     const next = (visits.value as number) + 1;
 *     await store.commit([
 *       { type: "Counter", key: "visits", value: next, ifVersion: visits.version },
 *     ]);
 *     return Response.json(next);
 *   },
 * };
 * ```
 */
export class D1Store extends SqlStore {
  /** The backend, as errors name it. */
  override readonly name = "D1";
  /** What the backend promises. */
  override readonly capabilities: Capabilities = sqlCapabilities(d1Limits);
  /** @internal */
  protected override readonly rowLength: number = d1Limits.rowLength;
  /** @internal */
  protected override readonly statementBytes: number = maxStatementBytes;
  /** @internal */
  protected override readonly joined: boolean = true;

  /**
   * Uses a D1 binding, such as `env.DB`.
   *
   * @throws {TypeError} when the Worker has no such binding, whatever its types say.
   */
  constructor(database: D1Binding, options: D1StoreOptions = {}) {
    assertBound(database, { name: "D1", section: "d1_databases" });
    checkOptions("use D1", { database, options }, {
      database: d1Kind,
      options: optionsOf(sqlOptionKinds),
    });
    super(d1Driver(database), options);
  }

  /** @internal */
  protected override measure(write: EncodedWrite): number {
    const size = super.measure(write);
    // A delete takes no room in a dump.
    if (write.put) assertRoomInDump(this.name, write);
    return size;
  }
}
