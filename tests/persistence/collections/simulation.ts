import fc from "fast-check";
import { expect } from "vitest";
import type { Key } from "../../../src/persistence/adapter/adapter.ts";
import type { Persistence, PersistOptions } from "../../../src/persistence/collections/mod.ts";
import { Ramify, type RamifyStore, type Schema } from "../../../src/store/mod.ts";
import type { Fault } from "./faulty-storage.ts";
import type { TestClock } from "./support.ts";

export interface Doc {
  id: number;
  /** Grows with every change that anybody makes to anything. */
  n: number;
  a?: number;
  b?: number;
}

export type Step =
  | { readonly do: "put" | "delete"; readonly id: number }
  | { readonly do: "clear" | "flush" }
  | { readonly do: "wait"; readonly milliseconds: number };

/** How many schedules each property meets; a variable of the environment asks for a longer search. */
export const runs: number = Number(globalThis.process?.env["RUNS"] ?? 500);
export const id: fc.Arbitrary<number> = fc.integer({ min: 0, max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("put" as const), id }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("clear" as const, "flush" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      milliseconds: fc.integer({ min: 1, max: 700 }),
    }),
  },
);
export const program: fc.Arbitrary<Step[]> = fc.array(step, { maxLength: 30 });
/** Mostly clears close together, with a little to clear in between. */
export const clearing: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant("clear" as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("put" as const), id }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("wait" as const),
        milliseconds: fc.integer({ min: 1, max: 400 }),
      }),
    },
    { weight: 1, arbitrary: step },
  ),
  { maxLength: 20 },
);
/** One or two documents, changed between one attempt and the next. */
export const editing: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constantFrom("put" as const, "put" as const, "delete" as const),
      id: fc.integer({ min: 0, max: 1 }),
    }),
    fc.record({
      do: fc.constant("wait" as const),
      milliseconds: fc.integer({ min: 10, max: 150 }),
    }),
  ),
  { maxLength: 50 },
);

export function faults(kinds: readonly Fault[]): fc.Arbitrary<Fault[]> {
  return fc.array(fc.constantFrom(...kinds), { maxLength: 25 });
}

export type DocStore = RamifyStore<{ docs: Schema<Doc, "id"> }>;

export function docStore(): DocStore {
  return new Ramify().createStore<{ docs: Schema<Doc, "id"> }>({
    docs: { primaryKey: "id", indexes: ["n"] },
  });
}

export function optionsFor(clock: TestClock, random: () => number): PersistOptions {
  return {
    clock,
    random,
    debounce: 20,
    maxWait: 100,
    storageTimeout: 300,
    retry: { attempts: 3, minDelay: 10, maxDelay: 100 },
    onError: () => {},
  };
}

/** Returns a generator of numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Flushes until nothing is left to do, which a storage that works allows. */
export async function finish(clock: TestClock, ...all: Persistence[]): Promise<void> {
  for (let round = 0; round < 4; round++) {
    // What was under way before the storage was well may still fail.
    for (const saved of all) await clock.until(saved.flush()).catch(() => {});
    await clock.advance(5_000);
  }
  for (const saved of all) {
    await clock.until(saved.flush());
    expect({ status: saved.status, pending: saved.pending }).toEqual({
      status: "saved",
      pending: 0,
    });
  }
}

/** Returns what memory holds, to be compared with storage. */
export function inMemory(db: DocStore): Map<Key, unknown> {
  return new Map(db.docs.toArray().map((doc): [Key, unknown] => [doc.id, doc]).sort(byKey));
}

export function byKey([a]: readonly [Key, unknown], [b]: readonly [Key, unknown]): number {
  return Number(a) - Number(b);
}
