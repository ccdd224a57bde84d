import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Capabilities, Key } from "../../../src/persistence/adapter/adapter.ts";
import { type FailurePolicy, persist } from "../../../src/persistence/collections/mod.ts";
import { type Fault, FaultyStorage, orderly } from "./faulty-storage.ts";
import {
  clearing,
  type Doc,
  docStore,
  editing,
  faults,
  finish,
  inMemory,
  optionsFor,
  program,
  randomFrom,
  runs,
  type Step,
} from "./simulation.ts";
import { epochEntry, stored, TestClock } from "./support.ts";

/** Keeps the latest acknowledged state of each document, and what came after. */
class Ledger {
  readonly #latest = new Map<Key, { n: number; deleted: boolean }>();
  readonly #deletions = new Map<Key, number>();
  readonly #acknowledged = new Map<Key, number>();

  changed(key: Key, n: number, deleted: boolean): void {
    this.#latest.set(key, { n, deleted });
    if (deleted) this.#deletions.set(key, n);
  }

  /** Notes an acknowledgement: what was sent is as new as the document was then. */
  acknowledged(key: Key, n: number): void {
    this.#acknowledged.set(key, Math.max(n, this.#acknowledged.get(key) ?? 0));
  }

  /** Checks that storage holds what was acknowledged of each document, or something newer. */
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
  { capabilities, onFailure, isOrderly }: {
    readonly capabilities: Partial<Capabilities>;
    readonly onFailure: FailurePolicy;
    readonly isOrderly: boolean;
  },
): Promise<void> {
  const clock = new TestClock();
  const storage = new FaultyStorage(schedule, clock, capabilities);
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
  // What was cleared stays away at least until storage is asked to clear it, or first which storage it is.
  let isCleared = false;
  const get = storage.get.bind(storage);
  storage.get = (type, key) => {
    if (key === epochEntry.key) isCleared = false;
    return get(type, key);
  };
  const clear = storage.clear.bind(storage);
  storage.clear = (type) => {
    isCleared = false;
    return clear(type);
  };
  storage.break();
  let n = 0;
  for (const each of steps) {
    n++;
    switch (each.do) {
      case "put":
        db.docs.put({ id: each.id, n });
        isCleared = false;
        ledger.changed(each.id, n, false);
        break;
      case "delete":
        if (db.docs.delete(each.id) !== undefined) ledger.changed(each.id, n, true);
        break;
      case "clear":
        for (const key of db.docs.keys()) ledger.changed(key, n, true);
        isCleared = db.docs.count() > 0;
        db.docs.clear();
        break;
      case "flush":
        void saved.flush().catch(() => {});
        break;
      case "wait":
        await clock.advance(each.milliseconds);
        if (isCleared) expect(db.docs.keys()).toEqual([]);
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

const scenario = (kinds: readonly Fault[], steps = program): fc.Arbitrary<Scenario> =>
  fc.record({ steps, schedule: faults(kinds), seed: fc.nat() });

const storages = [
  { named: "with conditional writes", conditional: "process", atomicWrites: 3 },
  { named: "without conditional writes", conditional: "none", atomicWrites: 3 },
  { named: "one document at a time", conditional: "none", atomicWrites: 1 },
] as const;

describe("whatever a storage does, once it works again", () => {
  for (const { named, ...capabilities } of storages) {
    for (const onFailure of ["keep", "revert"] as const) {
      test(`it equals memory, ${named} and "${onFailure}", and nothing acknowledged is missing`, async () => {
        await fc.assert(
          fc.asyncProperty(
            scenario(orderly),
            (each) => simulate(each, { capabilities, onFailure, isOrderly: true }),
          ),
          { numRuns: runs },
        );
      });
    }

    test(`it equals memory after clears in a row that are taken back, ${named}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          scenario(orderly, clearing),
          (each) => simulate(each, { capabilities, onFailure: "revert", isOrderly: true }),
        ),
        { numRuns: runs },
      );
    });

    test(`it equals memory after a long outage in which much was changed, ${named}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          scenario(["fails", "fails", "applies and fails", "applies and hangs"], editing),
          (each) => simulate(each, { capabilities, onFailure: "keep", isOrderly: true }),
        ),
        { numRuns: runs },
      );
    });

    test(`it equals memory even if calls were overtaken by later ones, ${named}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          scenario([...orderly, "comes late"]),
          (each) => simulate(each, { capabilities, onFailure: "keep", isOrderly: false }),
        ),
        { numRuns: runs },
      );
    });
  }
});
