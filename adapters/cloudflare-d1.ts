/**
 * Documents in Cloudflare D1.
 *
 * @module
 */
import type { Capabilities } from "../src/persistence/adapter/adapter.ts";
import type { EncodedWrite } from "../src/persistence/adapter/codec.ts";
import { checkOptions } from "../src/shared/check-options.ts";
import * as kind from "../src/shared/kinds.ts";
import { own } from "../src/shared/own.ts";
import { assertBound } from "./_shared/worker-binding.ts";
import { type D1Binding, d1Kind } from "./_sql-drivers/d1-binding.ts";
import { D1Session } from "./_sql-drivers/d1-session.ts";
import { d1Driver } from "./_sql-drivers/d1.ts";
import { assertRoomInDump } from "./_sql/documents/row-limits.ts";
import { d1Limits, maxStatementBytes, sqlCapabilities } from "./_sql/limits.ts";
import { sqlOptionKinds, SqlStore, type SqlStoreOptions } from "./_sql/store.ts";

export type { D1Binding, D1BindingStatement } from "./_sql-drivers/d1-binding.ts";

/** Options of {@link D1Store}. */
export interface D1StoreOptions extends SqlStoreOptions {
  /**
   * Reads from the nearest replica, in a session of D1 that begins with this: `"first-unconstrained"`,
   * `"first-primary"`, or the {@link D1Store.bookmark} of an earlier store, whose writes it then sees. Unless given, the
   * primary is read.
   */
  readonly session?: string;
}

const optionKinds: kind.Kinds<D1StoreOptions> = { ...sqlOptionKinds, session: kind.text };

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
  readonly #session: D1Session | undefined;

  /**
   * Uses a D1 binding, such as `env.DB`.
   *
   * @throws {TypeError} when the Worker has no such binding, whatever its types say, or it has no sessions and is to
   * begin one.
   */
  constructor(database: D1Binding, options: D1StoreOptions = {}) {
    assertBound(database, { name: "D1", section: "d1_databases" });
    checkOptions("use D1", { database, options }, {
      database: d1Kind,
      options: kind.optionsOf(optionKinds),
    });
    const { session: beginning } = own(options);
    const session = beginning === undefined ? undefined : new D1Session(database, beginning);
    super(d1Driver(database, session), options);
    this.#session = session;
  }

  /**
   * What the session of a later store has to begin with, to see what this one has read and written; `undefined` without
   * a session, or before its first answer.
   */
  get bookmark(): string | undefined {
    return this.#session?.bookmark;
  }

  /** Makes later reads see what is committed by now, where they come from a replica. */
  catchUp(): void {
    this.#session?.catchUp();
  }

  /** @internal */
  protected override measure(write: EncodedWrite): number {
    const size = super.measure(write);
    // A delete takes no room in a dump.
    if (write.put) assertRoomInDump(this.name, write);
    return size;
  }
}
