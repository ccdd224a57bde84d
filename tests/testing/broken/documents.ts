import { type Faults, isPut, naming, reading, storing, writing } from "./fault.ts";

export const basic: Faults = {
  "a committed value can be read, with the version that commit returned": (whole) => ({
    commit: async (writes) => (await whole.commit(writes)).map(() => "another"),
  }),
  "what was never written is undefined, and null for load": (whole) => ({
    load: async (type, id) => (await whole.get(type, id))?.value,
  }),
  "a put over an entry replaces all of it, metadata too": (whole) => ({
    async commit(writes) {
      const merged = writes.filter(isPut).map(async (write) => {
        const before = await whole.get(write.type, write.key);
        return { ...write, metadata: write.metadata ?? before?.metadata };
      });
      return await whole.commit(await Promise.all(merged));
    },
  }),
  "metadata travels with its value": (whole) => {
    return writing(whole, (write) => isPut(write) ? { ...write, metadata: undefined } : write);
  },
  "a deleted entry is gone, and deleting nothing is no error": (whole) => ({
    commit: async (writes) => [...await whole.commit(writes.filter(isPut)), null],
  }),
  "load gives what persist stored": (whole) => ({
    persist: (type, id, diff) => whole.persist(type, id, diff, diff),
  }),
  "one commit writes and deletes entries of several types": (whole) => ({
    commit: (writes) => whole.commit(writes.filter(({ type }) => type === writes[0]!.type)),
  }),
  "a commit of many writes, no two alike, leaves each as it was, with its version": (whole) => ({
    // Those of a kind together, and the versions in that order.
    commit: (writes) =>
      whole.commit(writes.toSorted((a, b) => Number(isPut(a)) - Number(isPut(b)))),
  }),
  "writes to one entry in one commit take effect in order": (whole) => ({
    commit: async (writes) => (await whole.commit(writes.toReversed())).toReversed(),
  }),
  "count, where there is one, tells how many entries a type has": (_, { types }) => ({
    count: async () =>
      await Promise.resolve([...types.values()].reduce((n, { size }) => n + size, 0)),
  }),
  "an empty commit writes nothing": (whole) => ({
    commit: (writes) =>
      whole.commit(writes.length > 0 ? writes : [{ type: "", key: "", value: 0 }]),
  }),
};

export const values: Faults = {
  "every type of value comes back as it was, from get and from list": (whole) => {
    return storing(whole, (value) => value instanceof Date ? String(value) : value);
  },
  "properties keep the order in which they were set": (whole) => {
    return reading(whole, (entry) => {
      return { ...entry, value: Object.fromEntries(Object.entries(entry.value as object).sort()) };
    });
  },
  "what cannot be stored is refused by its path, and nothing of the commit is written": (whole) => {
    return storing(whole, (value) => JSON.parse(JSON.stringify(value)));
  },
  "a value nested 100,000 levels deep is an error and not a crash": (whole) => {
    return storing(whole, (value) => JSON.parse(JSON.stringify(value)));
  },
  "metadata that is not plain JSON is refused": (whole) => {
    return writing(whole, (write) => JSON.parse(JSON.stringify(write)));
  },
};

export const keys: Faults = {
  "keys of different types never meet": (whole) => naming(whole, String),
  "keys may hold any characters": (whole) => {
    return naming(whole, (key) => typeof key === "string" ? key.normalize() : key);
  },
  "types may have any names, and clearing one leaves the others": (whole) => ({
    get: (type, key) => whole.get(type.toLowerCase(), key),
    ...writing(whole, (write) => ({ ...write, type: write.type.toLowerCase() })),
  }),
  "the border between type and key is never in doubt": (whole) => ({
    get: (type, key) => whole.get("all", `${type}:${key}`),
    ...writing(whole, (write) => ({ ...write, type: "all", key: `${write.type}:${write.key}` })),
  }),
  "-0 is 0, and dates are compared by value": (whole) => {
    return naming(whole, (key) => Object.is(key, -0) ? "-0" : key);
  },
  "what cannot be a key or a type is refused": (whole) => naming(whole, (key) => key ?? ""),
};

export const isolation: Faults = {
  "what is done to a value after commit was called does not reach the store": (whole) => ({
    async commit(writes) {
      await whole.count("another");
      return await whole.commit(writes);
    },
  }),
  "what is done to a value that was read does not reach the store": (whole) => {
    const seen = new Map<string, Promise<unknown>>();
    return {
      load(type, id) {
        const found = seen.get(id) ?? whole.load(type, id);
        seen.set(id, found);
        return found;
      },
    };
  },
  "frozen values can be stored, and what is read can be changed": (whole) => ({
    load: async (type, id) => Object.freeze((await whole.load(type, id)).list) && { list: [] },
  }),
};
