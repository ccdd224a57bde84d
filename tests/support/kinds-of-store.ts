import { type Adapter, type InstanceStore, MemoryStore, Ramify, type Store } from "../../mod.ts";

/** Returns an adapter that cannot compare and set, as Workers KV cannot. */
function unconditional(): Adapter {
  const store = new MemoryStore();
  return Object.assign(Object.create(store) as Adapter, {
    capabilities: { ...store.capabilities, conditional: "none" },
    get: store.get.bind(store),
    commit: store.commit.bind(store),
  });
}

function plain(): Store {
  const states = new Map<string, unknown>();
  return {
    load: async (type, id) => structuredClone(states.get(`${type}/${id}`) ?? null),
    persist: async (type, id, _diff, full) => {
      states.set(`${type}/${id}`, structuredClone(full));
    },
  };
}

/** Ways to open a store of each kind, by name. The Ramify db has the collection `Account` with the key `id`. */
export const kindsOfStore: readonly (readonly [string, () => InstanceStore])[] = [
  ["an adapter", () => new MemoryStore()],
  ["an adapter where the last write wins", unconditional],
  ["a plain store", plain],
  ["a Map", () => new Map()],
  ["a Ramify db", () => new Ramify().createStore({ Account: { primaryKey: "id" } })],
];
