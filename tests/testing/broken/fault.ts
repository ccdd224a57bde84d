import type {
  Adapter,
  CheckWrite,
  Entry,
  Key,
  ListOptions,
  PutWrite,
  Write,
} from "../../../src/persistence/adapter/adapter.ts";
import { ConflictError } from "../../../src/persistence/adapter/errors.ts";
import { listAll } from "../../../src/testing/case.ts";
import type { SharedMemory } from "./shared-memory.ts";

/** Every part of an adapter. */
export type Whole = Required<Omit<Adapter, "catchUp" | "journal" | "suspend" | "resume">>;

/** What a broken adapter does in its own way; it leaves the rest to one that is whole. */
export type Broken = { readonly [Name in keyof Adapter]?: Adapter[Name] | undefined };

/** Adapters that break a promise, by the sentence of its case. */
export type Faults = Readonly<Record<string, (whole: Whole, memory: SharedMemory) => Broken>>;

export function isPut(write: Write): write is PutWrite {
  return !("delete" in write) && !isCheck(write);
}

export function isCheck(write: Write): write is CheckWrite {
  return "check" in write;
}

/** Changes every write on its way in. */
export function writing(whole: Whole, change: (write: Write) => Write): Broken {
  return { commit: (writes) => whole.commit(writes.map(change)) };
}

/** Changes every value on its way in. */
export function storing(whole: Whole, change: (value: unknown) => unknown): Broken {
  return writing(whole, (write) => isPut(write) ? { ...write, value: change(write.value) } : write);
}

/** Takes one key for another. */
export function naming(whole: Whole, change: (key: Key) => Key): Broken {
  return {
    get: (type, key) => whole.get(type, change(key)),
    ...writing(whole, (write) => ({ ...write, key: change(write.key) })),
  };
}

/** Changes what a list yields. */
export function listing(
  whole: Whole,
  change: (entries: Entry[], options: ListOptions) => Iterable<Entry>,
): Broken {
  return {
    async *list(type, options = {}) {
      yield* change(await listAll(whole, type, options), options);
    },
  };
}

/** Changes what is read by key. */
export function reading(whole: Whole, change: (entry: Entry) => Entry | undefined): Broken {
  return {
    async get(type, key) {
      const entry = await whole.get(type, key);
      return entry && change(entry);
    },
  };
}

/** Forgets the conditions of some writes. */
export function forgetting(whole: Whole, isForgotten: (write: Write) => boolean): Broken {
  return writing(whole, (write) => isForgotten(write) ? blind(write) : write);
}

/** The write without its condition; a check is nothing else, and stays. */
export function blind(write: Write): Write {
  if (isCheck(write)) return write;
  const { ifVersion: _, ...others } = write;
  return others;
}

/** Leaves out some checks, and returns for them the version they ask for. */
export function unchecked(
  whole: Whole,
  isLeftOut: (check: CheckWrite, index: number) => boolean = () => true,
): Broken {
  return {
    async commit(writes) {
      const kept = writes.map((write, index) => !isCheck(write) || !isLeftOut(write, index));
      const versions = (await whole.commit(writes.filter((_, index) => kept[index]))).values();
      return writes.map((write, index) => {
        return kept[index] ? versions.next().value! : write.ifVersion ?? null;
      });
    },
  };
}

/** Compares first, and writes some time later. */
export function racing(whole: Whole): Broken {
  return {
    async commit(writes) {
      for (const { type, key, ifVersion } of writes) {
        const version = (await whole.get(type, key))?.version ?? null;
        if (ifVersion === undefined || ifVersion === version) continue;
        throw new ConflictError(whole.name, type, key);
      }
      return await unchecked(whole).commit!(writes.map(blind));
    },
  };
}

/** Commits this many writes at a time, each part on its own. */
export function inParts(whole: Whole, size: number): Broken {
  return {
    async commit(writes) {
      const versions = [];
      for (let start = 0; start < writes.length; start += size) {
        versions.push(...await whole.commit(writes.slice(start, start + size)));
      }
      return versions;
    },
  };
}
