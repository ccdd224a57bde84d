import { type Adapter, type InstanceStore, MemoryStore, Ramify } from "../../mod.ts";
import { plainStore } from "./plain-store.ts";

/** Returns an adapter that cannot compare and set, as Workers KV cannot. */
function unconditional(): Adapter {
  const store = new MemoryStore();
  return Object.assign(Object.create(store) as Adapter, {
    capabilities: { ...store.capabilities, conditional: "none" },
    get: store.get.bind(store),
    commit: store.commit.bind(store),
  });
}

/** Ways to open a store of each kind, by name. The Ramify db has the collection `Account` with the key `id`. */
export const kindsOfStore: readonly (readonly [string, () => InstanceStore])[] = [
  ["an adapter", () => new MemoryStore()],
  ["an adapter where the last write wins", unconditional],
  ["a plain store", () => plainStore(new Map())],
  ["a Map", () => new Map()],
  ["a Ramify db", () => new Ramify().createStore({ Account: { primaryKey: "id" } })],
];
