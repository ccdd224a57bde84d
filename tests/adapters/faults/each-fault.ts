import type { Adapter } from "../../../src/persistence/adapter/adapter.ts";
import { type Moment, withFault } from "./faults.ts";

/** Opens a platform, and an adapter on it. */
export interface FaultScenario<Platform extends object> {
  /** A platform with nothing in it. */
  readonly create: () => Platform | Promise<Platform>;
  readonly open: (platform: Platform) => Adapter;
  /** Makes a call fail, if the platform cannot simply be wrapped. */
  readonly inject?: typeof withFault<Platform>;
}

/** One run of a scenario. */
export interface Attempt {
  /** An adapter on the platform as it is. */
  readonly clean: Adapter;
  /** Opens an adapter on the same platform, of which a call fails from here on. */
  readonly openFaulty: () => Adapter;
  /** Which call fails when, as errors name it. */
  readonly fault: string;
}

/**
 * Runs an attempt over and over, each on a new platform, with each call failing in turn, before and after it took
 * effect, until none has failed. What the attempt returns is called after the fault, to check what it left.
 *
 * @returns How many faults were tried.
 */
export async function eachFault<Platform extends object>(
  { create, open, inject = withFault }: FaultScenario<Platform>,
  attempt: (attempt: Attempt) => Promise<() => Promise<void>>,
): Promise<number> {
  let tried = 0;
  for (const moment of ["before", "after"] as Moment[]) {
    for (let failing = 1;; failing++) {
      const platform = await create();
      let calls = () => 0;
      const check = await attempt({
        clean: open(platform),
        openFaulty() {
          const faulty = inject(platform, { failing, moment });
          calls = faulty.calls;
          return open(faulty.platform);
        },
        fault: `call ${failing} failing ${moment} it took effect`,
      });
      if (calls() < failing) break;
      tried++;
      await check();
    }
  }
  return tried;
}
