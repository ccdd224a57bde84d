import { type Faults, isPut, naming, reading, storing, writing } from "./fault.ts";

export const basic: Faults = {
  "get returns a committed value with the version that commit returned": (whole) => ({
    commit: async (writes) => (await whole.commit(writes)).map(() => "another"),
  }),
  "get returns undefined and load null for what was never written": (whole) => ({
    load: async (type, id) => (await whole.get(type, id))?.value,
  }),
  "a put replaces all of an entry, its metadata included": (whole) => ({
    async commit(writes) {
      const merged = writes.filter(isPut).map(async (write) => {
        const before = await whole.get(write.type, write.key);
        return { ...write, metadata: write.metadata ?? before?.metadata };
      });
      return await whole.commit(await Promise.all(merged));
    },
  }),
  "get and list return metadata with its value": (whole) => {
    return writing(whole, (write) => isPut(write) ? { ...write, metadata: undefined } : write);
  },
  "a deleted entry is gone, and deleting nothing is no error": (whole) => ({
    commit: async (writes) => [...await whole.commit(writes.filter(isPut)), null],
  }),
  "load returns what persist stored": (whole) => ({
    persist: (type, id, diff) => whole.persist(type, id, diff, diff),
  }),
  "one commit writes and deletes entries of several types": (whole) => ({
    commit: (writes) => whole.commit(writes.filter(({ type }) => type === writes[0]!.type)),
  }),
  "a commit of many different writes applies each of them and returns its version": (whole) => ({
    // Puts and deletes apart, and the versions in that order.
    commit: (writes) =>
      whole.commit(writes.toSorted((a, b) => Number(isPut(a)) - Number(isPut(b)))),
  }),
  "writes to one entry in one commit take effect in order": (whole) => ({
    commit: async (writes) => (await whole.commit(writes.toReversed())).toReversed(),
  }),
  "count, if there is one, returns how many entries a type has": (_, { types }) => ({
    count: async () =>
      await Promise.resolve([...types.values()].reduce((n, { size }) => n + size, 0)),
  }),
  "an empty commit writes nothing": (whole) => ({
    commit: (writes) =>
      whole.commit(writes.length > 0 ? writes : [{ type: "", key: "", value: 0 }]),
  }),
};

export const values: Faults = {
  "get and list return every type of value as it was stored": (whole) => {
    return storing(whole, (value) => value instanceof Date ? String(value) : value);
  },
  "the properties of a value keep the order in which they were set": (whole) => {
    return reading(whole, (entry) => {
      return { ...entry, value: Object.fromEntries(Object.entries(entry.value as object).sort()) };
    });
  },
  "a commit with a value that cannot be stored is refused by its path and writes nothing": (
    whole,
  ) => {
    return storing(whole, (value) => JSON.parse(JSON.stringify(value)));
  },
  "a value nested 100,000 levels deep is refused and crashes nothing": (whole) => {
    return storing(whole, (value) => JSON.parse(JSON.stringify(value)));
  },
  "metadata that is not plain JSON is refused": (whole) => {
    return writing(whole, (write) => JSON.parse(JSON.stringify(write)));
  },
};

export const keys: Faults = {
  "keys of different types are different keys": (whole) => naming(whole, String),
  "keys may hold any characters": (whole) => {
    return naming(whole, (key) => typeof key === "string" ? key.normalize() : key);
  },
  "types may have any name, and clearing one leaves the others": (whole) => ({
    get: (type, key) => whole.get(type.toLowerCase(), key),
    ...writing(whole, (write) => ({ ...write, type: write.type.toLowerCase() })),
  }),
  "a separator in a type or a key never makes two entries one": (whole) => ({
    get: (type, key) => whole.get("all", `${type}:${key}`),
    ...writing(whole, (write) => ({ ...write, type: "all", key: `${write.type}:${write.key}` })),
  }),
  "-0 and 0 are one key, and dates are keys by value": (whole) => {
    return naming(whole, (key) => Object.is(key, -0) ? "-0" : key);
  },
  "anything that cannot be a key or a type is refused": (whole) =>
    naming(whole, (key) => key ?? ""),
};

export const isolation: Faults = {
  "changes to a value after commit was called do not reach the store": (whole) => ({
    async commit(writes) {
      await whole.count("another");
      return await whole.commit(writes);
    },
  }),
  "changes to a value that was read do not reach the store": (whole) => {
    const seen = new Map<string, Promise<unknown>>();
    return {
      load(type, id) {
        const found = seen.get(id) ?? whole.load(type, id);
        seen.set(id, found);
        return found;
      },
    };
  },
  "frozen values can be stored, and values that were read can be changed": (whole) => ({
    load: async (type, id) => Object.freeze((await whole.load(type, id)).list) && { list: [] },
  }),
};
