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
  "clearing a type that never was is no error": (_, memory) => ({
    clear: async (type) => await Promise.resolve(memory.types.get(type)!.clear()),
  }),
  "what is written after clear has resolved stays, whatever raced with it": (whole) => {
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
  "an adapter without watch does not claim it": () => ({ watch: undefined }),
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
  "a watcher hears nothing of other types, nor after it has stopped": (whole) => ({
    watch(type, listener) {
      whole.watch(type, listener);
      return () => {};
    },
  }),
  "every watcher of a type hears, also after another has stopped": (whole) => {
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
  "calls after close are refused by name": () => ({ close: () => Promise.resolve() }),
  "calls are refused as soon as close is called": (whole) => ({
    async close() {
      await whole.count("another").catch(() => {});
      await whole.close();
    },
  }),
  "watch after close is refused by name": () => ({ watch: () => () => {} }),
  "closing twice is closing once, also at once": (whole) => ({
    async close() {
      await whole.count("another");
      await whole.close();
    },
  }),
  "close waits for no reader of a list, who hears of it instead of a false end": (whole) => ({
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
  "what was cleared stays cleared": (whole) => {
    const cleared = new Set<string>();
    return {
      clear: async (type) => await Promise.resolve(void cleared.add(type)),
      async *list(type, options) {
        if (!cleared.has(type)) yield* whole.list(type, options);
      },
    };
  },
  "a version that was read before still guards after": (whole) => {
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
  "a version does not come back after its adapter was opened anew": (whole) => {
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
  "a watcher hears what another adapter on the same storage does, until it is closed": (whole) => {
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
  "a commit that close overtakes is stored if it resolved, and is not if it rejected": (whole) => {
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
  "a ttl that is no time is refused": (whole) => {
    return writing(whole, (write) => {
      return isPut(write) && write.ttl !== undefined ? { ...write, ttl: 1 } : write;
    });
  },
  "an entry with a ttl can be read before its time": (whole) => ({
    commit: (writes) => whole.commit(writes.filter((write) => !("ttl" in write))),
  }),
};

export const expired: Faults = {
  "an entry is gone after its ttl, for reads, lists and conditions": (whole) => {
    return writing(whole, (write) => isPut(write) ? { ...write, ttl: 1e12 } : write);
  },
  "a version of an entry that has expired conflicts": (whole) => ({
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
  "a limit counts entries that are there, not those that have expired": (whole, { types }) => ({
    async *list(type, options = {}) {
      const gone = types.get(type)!.size - await whole.count(type);
      const { limit = Infinity } = options;
      yield* whole.list(type, { ...options, limit: Math.max(0, limit - gone) });
    },
  }),
  "an entry expires also after its adapter was opened anew": (whole, memory) => {
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
