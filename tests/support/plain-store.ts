import type { Store } from "../../mod.ts";

/** Returns a store with two methods over a map, whose keys are `Type/id`, and the source that it is to name, if any. */
export function plainStore(states: Map<string, unknown>, source?: object | string): Store {
  return {
    ...(source !== undefined && { source }),
    load: async (type, id) => structuredClone(states.get(`${type}/${id}`) ?? null),
    persist: async (type, id, _diff, full) => {
      // As slow as a storage, so events that do not wait for each other overtake.
      await undefined;
      states.set(`${type}/${id}`, structuredClone(full));
    },
  };
}
