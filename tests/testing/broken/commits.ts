import type { Write } from "../../../src/persistence/adapter/adapter.ts";
import { ConflictError } from "../../../src/persistence/adapter/errors.ts";
import { Listeners } from "../../../src/persistence/adapter/listeners.ts";
import {
  blind,
  type Broken,
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
  type Whole,
  writing,
} from "./fault.ts";

export const versions: Faults = {
  "commit, get and list return the same version": (whole) => {
    return listing(whole, (entries) => entries.map((entry) => ({ ...entry, version: "listed" })));
  },
  "the version of an entry stays until the entry is written": (whole) => {
    let writes = 0;
    return {
      ...reading(whole, (entry) => ({ ...entry, version: String(writes) })),
      commit: async (each) => (await whole.commit(each)).map(() => String(++writes)),
    };
  },
  "a version never comes back, even if the value does": (whole) => ({
    async commit(writes) {
      await whole.commit(writes);
      return writes.map((write) => isPut(write) ? JSON.stringify(write.value) : null);
    },
  }),
  "a put with a version of its own leaves that version": versionless,
  "a put with a version that is no string, or empty, is refused and writes nothing": versionless,
};

/** Makes every version itself. */
function versionless(whole: Whole): Broken {
  return writing(whole, (write) => {
    if (!isPut(write)) return write;
    const { version: _, ...others } = write;
    return others;
  });
}

export const conflicts: Faults = {
  "ifVersion is refused where it would not hold": (whole) => ({
    capabilities: { ...whole.capabilities, conditional: "none" },
    ...writing(whole, blind),
  }),
  "a write with the version that was read succeeds once": (whole) => {
    return forgetting(whole, ({ ifVersion }) => typeof ifVersion === "string");
  },
  "ifVersion null holds only while there is no entry": (whole) => {
    return forgetting(whole, ({ ifVersion }) => ifVersion === null);
  },
  "the version of an entry that was deleted or made anew conflicts": (whole) => ({
    async commit(writes) {
      const [write] = writes;
      const isThere = await whole.get(write!.type, write!.key);
      return await whole.commit(isThere ? writes : writes.map(blind));
    },
  }),
  "a delete can be conditional": (whole) => forgetting(whole, (write) => !isPut(write)),
  "in one commit a condition sees the writes before it": racing,
  "a ConflictError names the type of the entry that had changed, and no wrong key": (whole) => ({
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
  "a commit with a check that says too little or too much is refused and writes nothing": (
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
  "of two concurrent commits that each check what the other writes, one succeeds": racing,
};

export const atomicity: Faults = {
  "a commit with one condition that fails writes nothing, of any type": (whole) =>
    inParts(whole, 1),
  "of many concurrent commits that create one entry, one succeeds": racing,
  "concurrent transfers between two entries neither create nor lose anything": (whole) =>
    inParts(whole, 1),
  "concurrent writes to one entry are never mixed": (whole) => {
    let end = "";
    return storing(whole, (value) => {
      const mixed = (value as string).slice(9) + end;
      end = (value as string).slice(-9);
      return mixed;
    });
  },
  "a commit of capabilities.atomicWrites writes, up to 1,000, is all or nothing": (whole) => {
    return inParts(whole, 20);
  },
  "a commit of capabilities.atomicBytes bytes, up to 2 MB, is all or nothing": (whole) => {
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
  "a document of 300 kB fits if the backend allows it": (whole) => {
    return reading(whole, ({ value, ...entry }) => {
      return {
        ...entry,
        value: { ...value as object, text: (value as { text: string }).text.slice(0, 9_999) },
      };
    });
  },
  "a value of capabilities.maxValueBytes bytes, up to 40 MB, fits": (whole) => ({
    capabilities: { ...whole.capabilities, maxValueBytes: 20_001 },
  }),
  "a commit with a value above capabilities.maxValueBytes is refused by name and writes nothing": (
    whole,
  ) => ({
    capabilities: { ...whole.capabilities, maxValueBytes: 19_999 },
  }),
  "capabilities.maxValueBytes counts bytes, not characters": (whole) => ({
    capabilities: { ...whole.capabilities, maxValueBytes: 15_000 },
  }),
  "metadata of any size is kept whole, or refused by name and nothing of its commit is written": (
    whole,
  ) => {
    return reading(whole, (entry) => {
      const { text } = entry.metadata as { text: string } ?? { text: "" };
      return text.length > 100 ? { ...entry, metadata: { text: text.slice(0, 100) } } : entry;
    });
  },
  "metadata of capabilities.maxMetadataBytes bytes fits": (whole) => ({
    capabilities: { ...whole.capabilities, maxMetadataBytes: 2_001 },
  }),
  "a commit with metadata above capabilities.maxMetadataBytes is refused by name and writes nothing":
    (whole) => {
      return { capabilities: { ...whole.capabilities, maxMetadataBytes: 1_999 } };
    },
  "a key of any length is a key of its own, or refused by name and nothing is written": (whole) => {
    return naming(whole, (key) => typeof key === "string" ? key.slice(0, 255) : key);
  },
  "get returns undefined for a key that is too long to be stored": (whole) => ({
    get: (type, key) => whole.get(type, String(key).length > 1_000 ? Number.NaN : key),
  }),
};

export const splitting: Faults = {
  "a commit of more writes than capabilities.atomicWrites writes them all": (whole) => ({
    commit: (writes) => whole.commit(writes.slice(0, whole.capabilities.atomicWrites)),
  }),
  "a conditional commit of more writes than capabilities.atomicWrites is refused and writes nothing":
    (
      whole,
    ) => inParts(whole, whole.capabilities.atomicWrites),
  "a commit of more checks than capabilities.atomicWrites is refused": (whole) => unchecked(whole),
  "a commit of more bytes than capabilities.atomicBytes writes them all": (whole) => ({
    commit: (writes) => whole.commit(writes.map((write) => ({ ...write, ifVersion: null }))),
  }),
  "a conditional commit of more bytes than capabilities.atomicBytes is refused and writes nothing":
    (
      whole,
    ) => {
      return inParts(whole, 1);
    },
};
