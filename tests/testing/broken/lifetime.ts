import { Listeners } from "../../../src/persistence/adapter/listeners.ts";
import { listAll } from "../../../src/testing/case.ts";
import { blind, type Faults, isPut, unchecked, writing } from "./fault.ts";

export const clear: Faults = {
  "clear removes every entry of a type and of no other": (whole) => ({
    async clear(type) {
      const entries = await listAll(whole, type, { limit: 1_000 });
      await whole.commit(entries.map(({ key }) => ({ type, key, delete: true })));
    },
  }),
  "a type can be filled again after clear": (whole) => {
    const cleared = new Set<string>();
    return {
      clear: (type) => whole.clear(cleared.add(type) && type),
      commit: (writes) => whole.commit(writes.filter(({ type }) => !cleared.has(type))),
    };
  },
  "clearing a type that was never written is no error": (_, memory) => ({
    clear: async (type) => await Promise.resolve(memory.types.get(type)!.clear()),
  }),
  "an entry that is written after clear has resolved stays, whatever raced with the clear": (
    whole,
  ) => {
    const behindTheNextWrite = new Set<string>();
    return {
      clear: (type) => whole.clear(behindTheNextWrite.add(type) && type),
      async commit(writes) {
        const versions = await whole.commit(writes);
        const { type, key } = writes[0]!;
        if (key === "late" && behindTheNextWrite.delete(type)) await whole.clear(type);
        return versions;
      },
    };
  },
};

export const watch: Faults = {
  "an adapter without watch does not promise it": () => ({ watch: undefined }),
  "a listener that is not a function is refused at once": (whole) => ({
    watch: (type, listener) => whole.watch(type, (keys) => listener(keys)),
  }),
  "a watcher hears the keys that commits write and delete": (whole) => ({
    watch: (type, listener) =>
      whole.watch(type, async (keys) => {
        const found = await Promise.all(keys.map((key) => whole.get(type, key)));
        listener(keys.filter((_, index) => found[index]));
      }),
  }),
  "a watcher hears the keys that clear removes": (_, { types }) => ({
    clear: async (type) => await Promise.resolve(void types.delete(type)),
  }),
  "a watcher hears nothing of other types, and nothing after it has stopped": (whole) => ({
    watch(type, listener) {
      whole.watch(type, listener);
      return () => {};
    },
  }),
  "every watcher of a type hears of a change, even after another has stopped": (whole) => {
    const stops: (() => void)[] = [];
    return {
      watch(type, listener) {
        stops.push(whole.watch(type, listener));
        return () => stops.forEach((stop) => stop());
      },
    };
  },
  "a watcher hears nothing of a commit that was refused": (whole) => {
    const listeners = new Listeners();
    return {
      watch: (type, listener) => listeners.add(type, listener),
      commit(writes) {
        listeners.notifyOf(writes);
        return whole.commit(writes);
      },
    };
  },
};

export const close: Faults = {
  "after close every call is refused and says that the adapter is closed": () => ({
    close: () => Promise.resolve(),
  }),
  "calls are refused as soon as close was called": (whole) => ({
    async close() {
      await whole.count("another").catch(() => {});
      await whole.close();
    },
  }),
  "after close watch is refused and says that the adapter is closed": () => ({
    watch: () => () => {},
  }),
  "an adapter can be closed again, and twice at once": (whole) => ({
    async close() {
      await whole.count("another");
      await whole.close();
    },
  }),
  "close waits for no reader of a list, whose next read is refused instead of ending the list": (
    whole,
  ) => ({
    async *list(type, options) {
      try {
        yield* whole.list(type, options);
      } catch {
        // As if there were no more.
      }
    },
  }),
};

export const reopening: Faults = {
  "entries, versions and metadata outlive the adapter that wrote them": (whole, { types }) => ({
    async close() {
      await whole.close();
      types.clear();
    },
  }),
  "a cleared type is still empty after reopening": (whole) => {
    const cleared = new Set<string>();
    return {
      clear: async (type) => await Promise.resolve(void cleared.add(type)),
      async *list(type, options) {
        if (!cleared.has(type)) yield* whole.list(type, options);
      },
    };
  },
  "a version that was read before reopening still guards its entry": (whole) => {
    const own = new Set<unknown>();
    return {
      async commit(writes) {
        const known = writes.map((write) => own.has(write.ifVersion) ? write : blind(write));
        const versions = await whole.commit(known);
        for (const version of versions) own.add(version);
        return versions;
      },
    };
  },
  "no version comes back after reopening": (whole) => {
    let count = 0;
    return { commit: async (writes) => (await whole.commit(writes)).map(() => String(count++)) };
  },
  "two adapters on one storage see each other's writes": (whole) => {
    const missing = new Set<unknown>();
    return {
      async get(type, key) {
        const entry = missing.has(key) ? undefined : await whole.get(type, key);
        if (!entry) missing.add(key);
        return entry;
      },
    };
  },
  "a watcher hears of changes by another adapter on the same storage, until it is closed": (
    whole,
  ) => {
    const listeners = new Listeners();
    return {
      watch: (type, listener) => listeners.add(type, listener),
      async commit(writes) {
        const versions = await whole.commit(writes);
        listeners.notifyOf(writes);
        return versions;
      },
    };
  },
  "a commit that close overtakes is stored if it resolves, and not if it rejects": (whole) => {
    let isClosing = false;
    return {
      async commit(writes) {
        const versions = await whole.commit(writes);
        if (isClosing) throw new Error("it was closed");
        return versions;
      },
      close() {
        isClosing = true;
        return whole.close();
      },
    };
  },
};

export const expiry: Faults = {
  "a ttl is refused where entries cannot expire": (whole) => ({
    capabilities: { ...whole.capabilities, expiry: false },
  }),
  "a ttl that is not a number of milliseconds above 0 is refused": (whole) => {
    return writing(whole, (write) => {
      return isPut(write) && write.ttl !== undefined ? { ...write, ttl: 1 } : write;
    });
  },
  "an entry with a ttl can be read until it expires": (whole) => ({
    commit: (writes) => whole.commit(writes.filter((write) => !("ttl" in write))),
  }),
};

export const expired: Faults = {
  "an entry is gone after its ttl, for reads, lists and conditions": (whole) => {
    return writing(whole, (write) => isPut(write) ? { ...write, ttl: 1e12 } : write);
  },
  "the version of an entry that has expired conflicts": (whole) => ({
    async commit(writes) {
      const { type, key } = writes[0]!;
      return await whole.commit(await whole.get(type, key) ? writes : writes.map(blind));
    },
  }),
  "an entry that has expired counts as none for a check": (whole) => {
    return unchecked(whole, ({ ifVersion }) => ifVersion !== null);
  },
  "a write without a ttl makes an entry last": (whole) => {
    let last: number | undefined;
    return writing(whole, (write) => {
      if (!isPut(write)) return write;
      last = write.ttl ?? last;
      return last === undefined ? write : { ...write, ttl: last };
    });
  },
  "the limit of a list does not count entries that have expired": (whole, { types }) => ({
    async *list(type, options = {}) {
      const gone = types.get(type)!.size - await whole.count(type);
      const { limit = Infinity } = options;
      yield* whole.list(type, { ...options, limit: Math.max(0, limit - gone) });
    },
  }),
  "an entry still expires after reopening": (whole, memory) => {
    const ends = new Map<unknown, number>();
    return {
      async get(type, key) {
        return (ends.get(key) ?? Infinity) <= memory.now ? undefined : await whole.get(type, key);
      },
      commit(writes) {
        for (const write of writes.filter(isPut)) {
          ends.set(write.key, memory.now + (write.ttl ?? 0));
        }
        return whole.commit(writes.map((write) => isPut(write) ? { ...write, ttl: 1e12 } : write));
      },
    };
  },
};
