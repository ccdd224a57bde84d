import type { Adapter, Store } from "../persistence/adapter/adapter.ts";
import type { Clock } from "../shared/clock.ts";
import { hasMethods } from "../shared/kinds.ts";
import { memberOf } from "../shared/own.ts";
import type { StoreMethods } from "../store/ramify.ts";
import { adapterInstances } from "./adapter-instances.ts";
import { type Address, addressKey } from "./address.ts";
import { copyState } from "./copy-state.ts";
import type { Instances } from "./instances.ts";
import type { SourceMemory } from "./process-memory.ts";
import { ramifyInstances } from "./ramify-instances.ts";
import { StoreCalls } from "./store-calls.ts";
import { assertUnversioned, type StateVersions } from "./state-version.ts";
import { storeInstances } from "./store-instances.ts";
import { readState } from "./stored-instance.ts";

export { MemoryStore } from "../persistence/adapter/memory.ts";

/**
 * Anything that can hold instances: a store, an adapter, a Ramify db (types are its collections, ids their primary
 * keys), or a plain map, whose keys are JSON: `["TodoList","my-list"]`.
 */
export type InstanceStore = Store | Adapter | StoreMethods | Map<string, unknown>;

/** How to deal with what a store cannot do. */
export interface OpenOptions {
  /**
   * Accepts a store that cannot compare and set, such as Workers KV. When two events run at the same time in two
   * places, the later one wins and the other is lost.
   */
  readonly lastWriteWins?: boolean;
}

/**
 * Returns the instances of a store of any kind, as the processor works with them.
 *
 * @throws {Error} if the store has no compare-and-set and `lastWriteWins` is not set, or a handler has a version that
 * the store cannot keep
 */
export function openInstances(
  store: InstanceStore,
  options: OpenOptions & {
    readonly memory: SourceMemory;
    readonly receiptTtl: number;
    readonly history: boolean;
    readonly storageTimeout: number;
    readonly clock: Clock;
    readonly versions: StateVersions;
    /** Receives what is wrong with what is stored beside an instance, where its event goes on. */
    readonly report: (error: unknown, address: Address) => void;
  },
): Instances {
  const { memory, lastWriteWins, clock, storageTimeout, versions } = options;
  const name = isAdapter(store) ? store.name : "the store";
  const calls = new StoreCalls(name, { clock, storageTimeout, late: memory.late });
  if (isAdapter(store)) {
    if (store.capabilities.conditional === "none" && !lastWriteWins) {
      throw new Error(
        `Cannot run events on ${store.name}: it has no compare-and-set, so concurrent events would be lost; ` +
          "use D1 or a Durable Object, or set lastWriteWins: true",
      );
    }
    return adapterInstances(store, { ...options, calls });
  }
  if (store instanceof Map) {
    const remove = (address: Address) => void store.delete(addressKey(address));
    return storeInstances(mapStore(store), { memory, calls, remove });
  }
  if (isDb(store)) return ramifyInstances(store, memory);
  assertUnversioned(versions.handlers);
  return storeInstances(store, { memory, calls });
}

/** Returns whether a store is an adapter, which has more than `load` and `persist`. */
export function isAdapter(store: InstanceStore): store is Adapter {
  return memberOf(store, "commit") !== undefined && memberOf(store, "capabilities") !== undefined;
}

/** Returns whether a store is a Ramify db. */
export function isDb(store: InstanceStore): store is StoreMethods {
  // A store with load and persist may have transactions of its own.
  return memberOf(store, "transaction") !== undefined && !hasMethods(store, "load", "persist");
}

function mapStore(map: Map<string, unknown>): Store {
  return {
    async load(type, id) {
      const key = addressKey({ type, id });
      if (!map.has(key)) return null;
      // Unlike a store, a map shows whether it holds nothing, or nothing that is a state.
      const { state, isPlain } = readState({ type, id }, map.get(key));
      return copyState(state, isPlain);
    },
    persist(type, id, _diff, full) {
      map.set(addressKey({ type, id }), structuredClone(full));
      return Promise.resolve();
    },
  };
}
