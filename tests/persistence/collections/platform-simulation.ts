import fc from "fast-check";
import { expect } from "vitest";
import type { Adapter } from "../../../src/persistence/adapter/adapter.ts";
import { type FailurePolicy, persist } from "../../../src/persistence/collections/mod.ts";
import { type Moment, withFaults } from "../../adapters/faults/faults.ts";
import {
  docStore,
  finish,
  inMemory,
  optionsFor,
  program,
  randomFrom,
  type Step,
} from "./simulation.ts";
import { stored, TestClock } from "./support.ts";

/** How the simulation opens its platform, and an adapter on it. */
export interface PlatformSimulation<Platform extends object> {
  /** How many random schedules are tried. */
  readonly runs: number;
  /** A platform with no documents of the type `docs` in it. */
  readonly create: () => Platform | Promise<Platform>;
  readonly open: (platform: Platform) => Adapter;
  /** Makes calls fail, if a platform cannot simply be wrapped. */
  readonly inject?: typeof withFaults<Platform>;
}

interface Scenario {
  readonly steps: readonly Step[];
  readonly schedule: readonly (Moment | undefined)[];
  readonly onFailure: FailurePolicy;
  readonly seed: number;
}

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  steps: program,
  schedule: fc.array(
    fc.constantFrom<Moment | undefined>(undefined, undefined, undefined, "before", "after"),
    { maxLength: 60 },
  ),
  onFailure: fc.constantFrom<FailurePolicy>("keep", "revert"),
  seed: fc.nat(),
});

/**
 * Runs random programs on a real platform whose calls fail by a random schedule, before or after they took effect.
 * Once they work again, storage equals memory, and so does a memory that reads it next.
 */
export async function simulateOn<Platform extends object>(
  { runs, ...platform }: PlatformSimulation<Platform>,
): Promise<void> {
  const property = fc.asyncProperty(scenarios, (scenario) => simulate(scenario, platform));
  await fc.assert(property, { numRuns: runs });
}

async function simulate<Platform extends object>(
  { steps, schedule, onFailure, seed }: Scenario,
  { create, open, inject = withFaults }: Omit<PlatformSimulation<Platform>, "runs">,
): Promise<void> {
  const platform = await create();
  let broken: Iterator<Moment | undefined> | undefined;
  const faulty = inject(platform, () => broken?.next().value);
  const clock = new TestClock();
  const options = optionsFor(clock, randomFrom(seed));
  // Calls take real time here, in which the test's clock runs ahead.
  const storageTimeout = 1e9;
  const db = docStore();
  const opening = persist(db, open(faulty.platform), { ...options, storageTimeout, onFailure });
  const saved = await clock.until(opening);
  broken = schedule.values();
  for (const [n, step] of steps.entries()) {
    if (step.do === "put") db.docs.put({ id: step.id, n });
    if (step.do === "delete") db.docs.delete(step.id);
    if (step.do === "clear") db.docs.clear();
    if (step.do === "flush") void saved.flush().catch(() => {});
    if (step.do === "wait") await clock.advance(step.milliseconds);
  }
  broken = undefined;
  await finish(clock, saved);
  await saved.close();
  const clean = open(platform);
  expect(await stored(clean, "docs")).toEqual(inMemory(db));
  const again = docStore();
  await (await persist(again, clean)).close();
  expect(inMemory(again)).toEqual(inMemory(db));
}
