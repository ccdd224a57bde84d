import type { Write } from "../../../src/persistence/adapter/adapter.ts";
import { ConflictError } from "../../../src/persistence/adapter/errors.ts";
import { Listeners } from "../../../src/persistence/adapter/listeners.ts";
import {
  blind,
  type Faults,
  forgetting,
  inParts,
  isCheck,
  isPut,
  listing,
  naming,
  racing,
  reading,
  storing,
  unchecked,
  writing,
} from "./fault.ts";

export const versions: Faults = {
  "commit, get and list tell the same version": (whole) => {
    return listing(whole, (entries) => entries.map((entry) => ({ ...entry, version: "listed" })));
  },
  "a version stays until the entry is written": (whole) => {
    let writes = 0;
    return {
      ...reading(whole, (entry) => ({ ...entry, version: String(writes) })),
      commit: async (each) => (await whole.commit(each)).map(() => String(++writes)),
    };
  },
  "a version never comes back, also when the value does": (whole) => ({
    async commit(writes) {
      await whole.commit(writes);
      return writes.map((write) => isPut(write) ? JSON.stringify(write.value) : null);
    },
  }),
};

export const conflicts: Faults = {
  "conditions are refused where they would not hold": (whole) => ({
    capabilities: { ...whole.capabilities, conditional: "none" },
    ...writing(whole, blind),
  }),
  "a write with the version that was read succeeds, and then no more": (whole) => {
    return forgetting(whole, ({ ifVersion }) => typeof ifVersion === "string");
  },
  "null asks that there is no entry": (whole) => {
    return forgetting(whole, ({ ifVersion }) => ifVersion === null);
  },
  "a version of an entry that is gone, or was made anew, conflicts": (whole) => ({
    async commit(writes) {
      const [write] = writes;
      const isThere = await whole.get(write!.type, write!.key);
      return await whole.commit(isThere ? writes : writes.map(blind));
    },
  }),
  "a delete can be conditional too": (whole) => forgetting(whole, (write) => !isPut(write)),
  "in one commit a condition sees the writes before it": racing,
  "a conflict says which entry had changed": (whole) => ({
    async commit(writes) {
      try {
        return await whole.commit(writes);
      } catch {
        throw new ConflictError(whole.name, writes[0]!.type, writes[0]!.key);
      }
    },
  }),
};

export const checks: Faults = {
  "checks are refused where they would not hold": (whole) => ({
    capabilities: { ...whole.capabilities, conditional: "none" },
    ...unchecked(whole),
  }),
  "a check that says too little or too much is refused, and nothing of its commit is written": (
    whole,
  ) => unchecked(whole),
  "a check returns the version it asked for, which may be null": (whole) => ({
    async commit(writes) {
      const versions = await whole.commit(writes);
      return versions.map((version, index) => isCheck(writes[index]!) ? null : version);
    },
  }),
  "a check conflicts once its entry has changed, is gone or was created": (whole) => {
    return unchecked(whole);
  },
  "a check and the writes of its commit take effect together or not at all": (whole) => ({
    async commit(writes) {
      const versions = await unchecked(whole).commit!(writes);
      const checks = writes.filter(isCheck).filter(({ key }) => key === "a");
      for (const { type, key, ifVersion } of checks) {
        if ((await whole.get(type, key))?.version !== ifVersion) {
          throw new ConflictError(whole.name, type, key);
        }
      }
      return versions;
    },
  }),
  "every check of a commit must hold, whatever its place and type": (whole) => {
    return unchecked(whole, (_, index) => index > 0);
  },
  "a check changes nothing": (whole) => ({
    async commit(writes) {
      const { value } = await whole.get(writes[0]!.type, "a") ?? {};
      return await whole.commit(writes.map((write) => {
        return isCheck(write) ? { ...write, check: undefined, value } as unknown as Write : write;
      }));
    },
  }),
  "a check wakes no watcher": (whole) => {
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
  "in one commit a check sees the writes before it, and guards those after it": (whole) => ({
    async commit(writes) {
      const checks = writes.filter(isCheck);
      const others = writes.filter((write) => !isCheck(write));
      return await whole.commit([...checks, ...others]);
    },
  }),
  "of two commits at once that each check what the other writes, one succeeds": racing,
};

export const atomicity: Faults = {
  "a commit of which one condition fails writes nothing, in no type": (whole) => inParts(whole, 1),
  "of many commits that create one entry at once, one succeeds": racing,
  "transfers between two entries never make or lose anything": (whole) => inParts(whole, 1),
  "what is written at once to one entry is never mixed": (whole) => {
    let end = "";
    return storing(whole, (value) => {
      const mixed = (value as string).slice(9) + end;
      end = (value as string).slice(-9);
      return mixed;
    });
  },
  "capabilities.atomicWrites writes are all or nothing, or 1,000 where more may be": (whole) => {
    return inParts(whole, 20);
  },
  "capabilities.atomicBytes bytes are all or nothing, or 2 MB where more may be": (whole) => {
    return inParts(whole, 3);
  },
};

export const concurrency: Faults = {
  "1,000 concurrent increments make 1,000": racing,
  "concurrent writes to different entries are all kept": (whole) => {
    let isBusy = false;
    return {
      async commit(writes) {
        if (isBusy) return writes.map(() => "lost");
        isBusy = true;
        const versions = await whole.commit(writes);
        isBusy = false;
        return versions;
      },
    };
  },
};

export const limits: Faults = {
  "a document of 300 kB fits wherever the backend permits it": (whole) => {
    return reading(whole, ({ value, ...entry }) => {
      return {
        ...entry,
        value: { ...value as object, text: (value as { text: string }).text.slice(0, 9_999) },
      };
    });
  },
  "a value of capabilities.maxValueBytes fits, or of 40 MB where more may": (whole) => ({
    capabilities: { ...whole.capabilities, maxValueBytes: 20_001 },
  }),
  "a value of one more byte is refused by name, and nothing of its commit is written": (whole) => ({
    capabilities: { ...whole.capabilities, maxValueBytes: 19_999 },
  }),
  "size is counted in bytes and not in characters": (whole) => ({
    capabilities: { ...whole.capabilities, maxValueBytes: 15_000 },
  }),
  "metadata is kept whole, or refused by name and nothing of its commit is written": (whole) => {
    return reading(whole, (entry) => {
      const { text } = entry.metadata as { text: string } ?? { text: "" };
      return text.length > 100 ? { ...entry, metadata: { text: text.slice(0, 100) } } : entry;
    });
  },
  "metadata of capabilities.maxMetadataBytes fits": (whole) => ({
    capabilities: { ...whole.capabilities, maxMetadataBytes: 2_001 },
  }),
  "metadata of one more byte is refused by name, and nothing of its commit is written": (whole) => {
    return { capabilities: { ...whole.capabilities, maxMetadataBytes: 1_999 } };
  },
  "a key of any length is one of its own, or refused by name and nothing is written": (whole) => {
    return naming(whole, (key) => typeof key === "string" ? key.slice(0, 255) : key);
  },
  "under a key that is too long to be stored, nothing is found": (whole) => ({
    get: (type, key) => whole.get(type, String(key).length > 1_000 ? Number.NaN : key),
  }),
};

export const splitting: Faults = {
  "more writes than capabilities.atomicWrites are all written": (whole) => ({
    commit: (writes) => whole.commit(writes.slice(0, whole.capabilities.atomicWrites)),
  }),
  "of more writes than capabilities.atomicWrites, none is written if one has a condition": (
    whole,
  ) => inParts(whole, whole.capabilities.atomicWrites),
  "more checks than capabilities.atomicWrites are refused": (whole) => unchecked(whole),
  "more bytes than capabilities.atomicBytes are all written": (whole) => ({
    commit: (writes) => whole.commit(writes.map((write) => ({ ...write, ifVersion: null }))),
  }),
  "of more bytes than capabilities.atomicBytes, none is written if one has a condition": (
    whole,
  ) => {
    return inParts(whole, 1);
  },
};
