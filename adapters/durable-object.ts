/**
 * Documents in the SQLite storage of a Cloudflare Durable Object.
 *
 * @module
 */
import type { Capabilities } from "../src/persistence/adapter/adapter.ts";
import { checkOptions } from "../src/shared/check-options.ts";
import { optionsOf } from "../src/shared/kinds.ts";
import {
  type DurableObjectBinding,
  durableObjectDriver,
  durableObjectKind,
} from "./_sql-drivers/durable-object.ts";
import { durableObjectLimits, sqlCapabilities } from "./_sql/limits.ts";
import { sqlOptionKinds, SqlStore, type SqlStoreOptions } from "./_sql/store.ts";

export type { DurableObjectBinding, DurableObjectCursor } from "./_sql-drivers/durable-object.ts";

/** Options of {@link DurableObjectStore}. */
export type DurableObjectStoreOptions = SqlStoreOptions;

/**
 * Keeps one table per type in a Durable Object's own SQLite. Only the object reaches it, one task at a time, and a
 * commit runs without a pause: conditional writes hold for all that the object does.
 *
 * A document may be up to 8 MB. The class has to be declared under `new_sqlite_classes`.
 *
 * @example In a Durable Object
 * ```ts ignore
 * import { DurableObject } from "cloudflare:workers";
 * import { DurableObjectStore } from "rian/durable-object";
 *
 * export class Counter extends DurableObject {
 *   #store = new DurableObjectStore(this.ctx.storage);
 *
 *   async increment(): Promise<number> {
 *     const entry = await this.#store.get("Counter", "n");
 *     const value = (entry?.value as number | undefined ?? 0) + 1;
 *     const ifVersion = entry?.version ?? null;
 *     await this.#store.commit([{ type: "Counter", key: "n", value, ifVersion }]);
 *     return value;
 *   }
 * }
 * ```
 */
export class DurableObjectStore extends SqlStore {
  /** The backend, as errors name it. */
  override readonly name = "Durable Object";
  /** What the backend promises. */
  override readonly capabilities: Capabilities = sqlCapabilities(durableObjectLimits);
  /** @internal */
  protected override readonly rowLength: number = durableObjectLimits.rowLength;

  /** Uses an object's `ctx.storage`. */
  constructor(storage: DurableObjectBinding, options: DurableObjectStoreOptions = {}) {
    checkOptions("use Durable Object storage", { storage, options }, {
      storage: durableObjectKind,
      options: optionsOf(sqlOptionKinds),
    });
    super(durableObjectDriver(storage), options);
  }
}
