import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { type Fault, FaultyStorage, orderly } from "./faulty-storage.ts";
import {
  docStore,
  faults,
  finish,
  inMemory,
  optionsFor,
  program,
  randomFrom,
  runs,
  type Step,
} from "./simulation.ts";
import { stored, TestClock } from "./support.ts";

type ClearingStep = Step | { readonly do: "wipe" };

interface Scenario {
  readonly steps: readonly ClearingStep[];
  readonly schedule: readonly Fault[];
  readonly seed: number;
}

/** A program in which somebody deletes all that the storage has, now and then. */
const wiping: fc.Arbitrary<ClearingStep[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: program.map((steps) => steps.slice(0, 4)) },
    { weight: 1, arbitrary: fc.constant([{ do: "wipe" as const }]) },
  ),
  { maxLength: 8 },
).map((parts) => parts.flat());

const scenario: fc.Arbitrary<Scenario> = fc.record({
  steps: wiping,
  schedule: faults(orderly),
  seed: fc.nat(),
});

async function wipe({ inner }: FaultyStorage): Promise<void> {
  await Promise.all(["rian.collections", "docs"].map((type) => inner.clear(type)));
}

/** Runs a program on a storage that fails and is wiped; returns what it needs to look at the end. */
async function run(
  { steps, schedule, seed }: Scenario,
  onCleared: "stop" | "rewrite",
) {
  const clock = new TestClock();
  const storage = new FaultyStorage(schedule, clock, { conditional: "process", atomicWrites: 4 });
  const db = docStore();
  const saved = await persist(db, storage, { ...optionsFor(clock, randomFrom(seed)), onCleared });
  storage.break();
  let isWiped = false;
  for (const [n, step] of steps.entries()) {
    if (step.do === "put") db.docs.put({ id: step.id, n });
    if (step.do === "delete") db.docs.delete(step.id);
    if (step.do === "clear") db.docs.clear();
    if (step.do === "flush") void saved.flush().catch(() => {});
    if (step.do === "wait") await clock.advance(step.milliseconds);
    if (step.do !== "wipe") continue;
    await wipe(storage);
    isWiped = true;
  }
  storage.heal();
  // An edit of any kind is what finds it at the latest.
  db.docs.put({ id: 99, n: 99 });
  return { clock, storage, db, saved, isWiped };
}

describe("whenever a storage that fails is cleared", () => {
  test('all of memory is stored in the end with onCleared "rewrite"', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (each) => {
        const { clock, storage, db, saved } = await run(each, "rewrite");
        await finish(clock, saved);
        expect(await stored(storage.inner, "docs")).toEqual(inMemory(db));
        await saved.close();
        expect(clock.waiting).toBe(0);
      }),
      { numRuns: runs },
    );
  });

  test('nothing is stored after it with onCleared "stop", and nothing leaves memory', async () => {
    /** It is cleared while a conflict is being settled, of which one document was read before and one afterwards. */
    const amidConflict: Scenario = {
      steps: [
        { do: "put", id: 1 },
        { do: "wait", milliseconds: 20 },
        { do: "put", id: 0 },
        { do: "put", id: 1 },
        { do: "wait", milliseconds: 20 },
        { do: "wipe" },
      ],
      schedule: ["ok", "applies twice", "ok", "slow"],
      seed: 0,
    };
    await fc.assert(
      fc.asyncProperty(scenario, async (each) => {
        const { clock, storage, db, saved, isWiped } = await run(each, "stop");
        const before = inMemory(db);
        await clock.until(saved.flush()).catch(() => {});
        await clock.advance(60_000);
        expect(inMemory(db)).toEqual(before);
        expect(saved.status).toBe(isWiped ? "cleared" : "saved");
        expect(await stored(storage.inner, "docs")).toEqual(isWiped ? new Map() : before);
        await saved.close();
        expect(clock.waiting).toBe(0);
      }),
      { numRuns: runs, examples: [[amidConflict]] },
    );
  });
});
