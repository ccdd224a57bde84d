import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Key } from "../../src/persistence/adapter.ts";
import { MemoryStore } from "../../src/persistence/memory.ts";
import {
  type FailurePolicy,
  persist,
  type Persistence,
} from "../../src/persistence/collections/mod.ts";
import { Ramify, type Schema } from "../../src/store/mod.ts";
import { type Fault, FaultyStorage, orderly } from "./faulty-storage.ts";
import { stored, TestClock } from "./support.ts";

interface Doc {
  id: number;
  /** Grows with every change that anybody makes to anything. */
  n: number;
  a?: number;
  b?: number;
}

type Step =
  | { readonly do: "put" | "delete"; readonly id: number }
  | { readonly do: "clear" | "flush" }
  | { readonly do: "wait"; readonly milliseconds: number };

/** Schedules for each property; a longer search is one variable away. */
const RUNS = Number(process.env["RUNS"] ?? 1_000);
const id = fc.integer({ min: 0, max: 5 });
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
const program = fc.array(step, { maxLength: 30 });

function faults(kinds: readonly Fault[]): fc.Arbitrary<Fault[]> {
  return fc.array(fc.constantFrom(...kinds), { maxLength: 25 });
}

function docStore() {
  return new Ramify().createStore<{ docs: Schema<Doc, "id"> }>({
    docs: { primaryKey: "id", indexes: ["n"] },
  });
}

function optionsFor(clock: TestClock, random: () => number) {
  return {
    clock,
    random,
    debounce: 20,
    maxWait: 100,
    retry: { attempts: 3, minDelay: 10, maxDelay: 100, timeout: 300 },
    onError: () => {},
  };
}

/** A generator of numbers from 0 up to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Flushes until nothing is left to do, which a storage that works allows. */
async function finish(clock: TestClock, ...all: Persistence[]): Promise<void> {
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

/** What memory holds, to be compared with storage. */
function inMemory(db: ReturnType<typeof docStore>): Map<Key, unknown> {
  return new Map(db.docs.toArray().map((doc): [Key, unknown] => [doc.id, doc]).sort(byKey));
}

function byKey([a]: readonly [Key, unknown], [b]: readonly [Key, unknown]): number {
  return Number(a) - Number(b);
}

/** Knows the latest state of each document that the caller was told is stored, and what came after. */
class Ledger {
  readonly #latest = new Map<Key, { n: number; deleted: boolean }>();
  readonly #deletions = new Map<Key, number>();
  readonly #acknowledged = new Map<Key, number>();

  changed(key: Key, n: number, deleted: boolean): void {
    this.#latest.set(key, { n, deleted });
    if (deleted) this.#deletions.set(key, n);
  }

  /** Whatever was sent is as new as the document was when it was sent. */
  acknowledged(key: Key, n: number): void {
    this.#acknowledged.set(key, Math.max(n, this.#acknowledged.get(key) ?? 0));
  }

  /** Storage holds for each document what was acknowledged, or something newer. */
  check(storage: Map<Key, unknown>): void {
    for (const [key, n] of this.#acknowledged) {
      const found = storage.get(key) as Doc | undefined;
      const newest = found?.n ?? this.#deletions.get(key) ?? -1;
      expect(newest, `document ${key} was acknowledged at change ${n}`).toBeGreaterThanOrEqual(n);
    }
  }
}

interface Scenario {
  readonly steps: readonly Step[];
  readonly schedule: readonly Fault[];
  readonly seed: number;
}

async function simulate(
  { steps, schedule, seed }: Scenario,
  { conditional, onFailure, isOrderly }: {
    readonly conditional: "process" | "none";
    readonly onFailure: FailurePolicy;
    readonly isOrderly: boolean;
  },
): Promise<void> {
  const clock = new TestClock();
  const storage = new FaultyStorage(schedule, clock, { conditional, atomicWrites: 3 });
  const db = docStore();
  const ledger = new Ledger();
  const saved = await persist(db, storage, {
    ...optionsFor(clock, randomFrom(seed)),
    onFailure,
  });
  storage.onAcknowledged = (keys) => {
    if (keys === undefined) return;
    const content = storage.inner;
    void Promise.all(keys.map(async (key) => {
      const doc = (await content.get("docs", key))?.value as Doc | undefined;
      if (doc !== undefined) ledger.acknowledged(key, doc.n);
    }));
  };
  storage.break();
  let n = 0;
  for (const each of steps) {
    n++;
    switch (each.do) {
      case "put":
        db.docs.put({ id: each.id, n });
        ledger.changed(each.id, n, false);
        break;
      case "delete":
        if (db.docs.delete(each.id) !== undefined) ledger.changed(each.id, n, true);
        break;
      case "clear":
        for (const key of db.docs.keys()) ledger.changed(key, n, true);
        db.docs.clear();
        break;
      case "flush":
        void saved.flush().catch(() => {});
        break;
      case "wait":
        await clock.advance(each.milliseconds);
        if (isOrderly) ledger.check(await stored(storage.inner, "docs"));
    }
  }
  storage.heal();
  await finish(clock, saved);
  const content = await stored(storage.inner, "docs");
  expect(content).toEqual(inMemory(db));
  ledger.check(content);
  await saved.close();
  expect(clock.waiting).toBe(0);
}

const scenario = (kinds: readonly Fault[]): fc.Arbitrary<Scenario> =>
  fc.record({ steps: program, schedule: faults(kinds), seed: fc.nat() });

describe("whatever a storage does, once it works again", () => {
  for (const conditional of ["process", "none"] as const) {
    const named = conditional === "none" ? "without conditional writes" : "with conditional writes";

    for (const onFailure of ["keep", "revert"] as const) {
      test(`it equals memory, ${named} and "${onFailure}", and nothing acknowledged is missing`, async () => {
        await fc.assert(
          fc.asyncProperty(
            scenario(orderly),
            (each) => simulate(each, { conditional, onFailure, isOrderly: true }),
          ),
          { numRuns: RUNS },
        );
      });
    }

    test(`it equals memory even if calls were overtaken by later ones, ${named}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          scenario([...orderly, "comes late"]),
          (each) => simulate(each, { conditional, onFailure: "keep", isOrderly: false }),
        ),
        { numRuns: RUNS },
      );
    });
  }
});

describe("whatever happens while documents are read", () => {
  for (const conditional of ["process", "none"] as const) {
    const named = conditional === "none" ? "without conditional writes" : "with conditional writes";

    test(`local changes win over what is read, and storage follows them, ${named}`, async () => {
      const scenarios = fc.record({
        initial: fc.uniqueArray(id),
        before: fc.uniqueArray(id),
        steps: program,
        schedule: faults(["ok", "ok", "slow", "fails", "hangs"]),
        seed: fc.nat(),
      });
      await fc.assert(
        fc.asyncProperty(scenarios, async ({ initial, before, steps, schedule, seed }) => {
          const clock = new TestClock();
          const storage = new FaultyStorage(schedule, clock, { conditional, atomicWrites: 3 });
          await storage.inner.commit(initial.map((key) => {
            return { type: "docs", key, value: { id: key, n: -1 } };
          }));
          const expected = new Map<number, number>(initial.map((key) => [key, -1]));
          const db = docStore();
          const put = (key: number, n: number) => {
            db.docs.put({ id: key, n });
            expected.set(key, n);
          };
          for (const key of before) put(key, -2);
          storage.break();
          const options = optionsFor(clock, randomFrom(seed));
          const opening = persist(db, storage, {
            ...options,
            retry: { ...options.retry, attempts: 50 },
          });
          for (const [n, each] of steps.entries()) {
            if (each.do === "put") put(each.id, n);
            // A document that is not in memory yet cannot be deleted, nor an empty collection cleared.
            if (each.do === "delete" && db.docs.delete(each.id) !== undefined) {
              expected.delete(each.id);
            }
            if (each.do === "clear" && db.docs.count() > 0) {
              db.docs.clear();
              expected.clear();
            }
            if (each.do === "wait") await clock.advance(each.milliseconds / 10);
          }
          storage.heal();
          await finish(clock, await clock.until(opening));
          const found = [...inMemory(db)].map(([key, doc]) => [key, (doc as Doc).n]);
          expect(found).toEqual([...expected].sort(byKey));
          expect(await stored(storage.inner, "docs")).toEqual(inMemory(db));
        }),
        { numRuns: RUNS },
      );
    });
  }
});

describe("two writers of one storage", () => {
  const edits = fc.array(
    fc.oneof(
      fc.record({ who: fc.constantFrom("a" as const, "b" as const), id }),
      fc.record({ milliseconds: fc.integer({ min: 1, max: 400 }) }),
    ),
    { maxLength: 40 },
  );

  for (const isWatching of [true, false]) {
    const how = isWatching ? "that hear of each other" : "that do not hear of each other";

    test(`${how} lose none of the fields that only one of them changes`, async () => {
      await fc.assert(
        fc.asyncProperty(edits, faults(orderly), fc.nat(), async (steps, schedule, seed) => {
          const clock = new TestClock();
          const inner = new MemoryStore();
          await inner.commit([0, 1, 2, 3, 4, 5].map((key) => {
            return { type: "docs", key, value: { id: key, n: 0 } };
          }));
          const storages = [schedule, schedule.toReversed()].map((each) => {
            const storage = new FaultyStorage(each, clock, { inner, atomicWrites: 3 });
            return isWatching ? storage.watching() : storage;
          });
          const dbs = { a: docStore(), b: docStore() };
          const options = optionsFor(clock, randomFrom(seed));
          const savedA = await persist(dbs.a, storages[0]!, options);
          const savedB = await persist(dbs.b, storages[1]!, options);
          for (const storage of storages) storage.break();
          const last = new Map<string, number>();
          for (const [n, each] of steps.entries()) {
            if ("milliseconds" in each) await clock.advance(each.milliseconds);
            else {
              dbs[each.who].docs.update(each.id, { [each.who]: n });
              last.set(`${each.who} of ${each.id}`, n);
            }
          }
          for (const storage of storages) storage.heal();
          await finish(clock, savedA, savedB);
          const content = await stored(inner, "docs");
          for (const [name, n] of last) {
            const [who, key] = name.split(" of ") as ["a" | "b", string];
            expect((content.get(Number(key)) as Doc)[who], name).toBe(n);
          }
          if (isWatching) {
            expect(inMemory(dbs.a)).toEqual(content);
            expect(inMemory(dbs.b)).toEqual(content);
          }
        }),
        { numRuns: RUNS / 2 },
      );
    });
  }
});
