import type { Adapter, Store } from "../persistence/adapter.ts";
import { address } from "./hub.ts";
import { adapterInstances, type Instances, storeInstances } from "./instances.ts";

/** The two methods of a Ramify collection that the processor calls. */
export interface DocumentCollection {
  /** The document under a key. */
  get(key: never): unknown;
  /** Stores a document under its own key. */
  put(document: never): unknown;
}

/** Whatever can hold instances: a store, an adapter, a Ramify db (types are its collections), or a plain map. */
export type InstanceStore =
  | Store
  | Adapter
  | Map<string, unknown>
  | Readonly<Record<string, DocumentCollection>>;

/** How the store's weaknesses are met. */
export interface OpenOptions {
  /**
   * Accepts a store that cannot compare and set, such as Workers KV: of two events that run at the same
   * time in two places, the later one wins and the other is lost.
   */
  readonly lastWriteWins?: boolean;
}

/** Gives every kind of store the face that the processor works with. */
export function openInstances(store: InstanceStore, options: OpenOptions = {}): Instances {
  if (isAdapter(store)) {
    if (store.capabilities.conditional === "none" && !options.lastWriteWins) {
      throw new Error(
        `Cannot run events on ${store.name}: it has no compare-and-set, so that concurrent events would be lost; ` +
          "use D1 or a Durable Object, or say lastWriteWins: true",
      );
    }
    return adapterInstances(store);
  }
  if (isStore(store)) return storeInstances(store);
  if (store instanceof Map) return storeInstances(mapStore(store));
  return storeInstances(collectionStore(store));
}

function isAdapter(store: InstanceStore): store is Adapter {
  return "commit" in store && typeof store.commit === "function" && "capabilities" in store;
}

function isStore(store: InstanceStore): store is Store {
  return "load" in store && typeof store.load === "function" &&
    "persist" in store && typeof store.persist === "function";
}

function mapStore(map: Map<string, unknown>): Store {
  return {
    load: (type, id) => Promise.resolve(structuredClone(map.get(address(type, id)) ?? null)),
    persist(type, id, _diff, full) {
      map.set(address(type, id), structuredClone(full));
      return Promise.resolve();
    },
  };
}

function collectionStore(db: Readonly<Record<string, DocumentCollection>>): Store {
  function collection(type: string): DocumentCollection {
    const found = Object.hasOwn(db, type) ? db[type] : undefined;
    if (!found) {
      throw new Error(
        `Cannot run events of ${type}: the db has no collection of that name; declare it`,
      );
    }
    return found;
  }
  return {
    load: (type, id) => Promise.resolve(collection(type).get(id as never) ?? null),
    persist(type, _id, _diff, full) {
      collection(type).put(full as never);
      return Promise.resolve();
    },
  };
}
