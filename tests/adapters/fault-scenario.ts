import type { Adapter } from "../../src/persistence/adapter.ts";
import { type Moment, withFault } from "./faults.ts";

/** How the scenario opens its platform, and an adapter on it. */
export interface FaultScenario<Platform extends object> {
  /** A platform with nothing in it. */
  readonly create: () => Platform | Promise<Platform>;
  readonly open: (platform: Platform) => Adapter;
  /** Makes a call fail, where a platform cannot simply be wrapped. */
  readonly inject?: typeof withFault<Platform>;
}

const before = { A: [["a", 1], ["b", 1]], B: [["c", 1]], C: [] };
const after = { A: [["a", "2".repeat(100_000)]], B: [["c", 2]], C: [["d", 2]] };

/**
 * Runs one commit over and over, with each call to the platform failing in turn, before and after it took effect.
 * Whatever fails, all of the commit is there or nothing is, and the next commit works.
 *
 * @returns How many faults were tried.
 */
export async function tryAllFaults<Platform extends object>(
  { create, open, inject = withFault }: FaultScenario<Platform>,
): Promise<number> {
  let tried = 0;
  for (const moment of ["before", "after"] as Moment[]) {
    for (let failing = 1;; failing++) {
      const platform = await create();
      const clean = open(platform);
      const [version] = await clean.commit([
        { type: "A", key: "a", value: 1 },
        { type: "A", key: "b", value: 1 },
        { type: "B", key: "c", value: 1 },
      ]);
      const faulty = inject(platform, { failing, moment });
      const adapter = open(faulty.platform);
      const commit = () =>
        adapter.commit([
          { type: "A", key: "a", value: "2".repeat(100_000), ifVersion: version! },
          { type: "A", key: "b", delete: true },
          { type: "B", key: "c", value: 2 },
          { type: "C", key: "d", value: 2, ifVersion: null },
        ]);
      const failed = await commit().then(() => false, () => true);
      if (faulty.calls() < failing) break;
      tried++;
      const seen = JSON.stringify(await contents(clean));
      const whole = seen === JSON.stringify(after);
      if (!whole && seen !== JSON.stringify(before)) {
        throw new Error(
          `Call ${failing} failing ${moment} it took effect left ${seen.slice(0, 300)}`,
        );
      }
      if (!whole && !failed) throw new Error(`Call ${failing} failed unnoticed`);
      // The fault is over: what was not written can be written now.
      if (!whole) await commit();
      if (JSON.stringify(await contents(clean)) !== JSON.stringify(after)) {
        throw new Error(
          `After call ${failing} had failed ${moment} it took effect, nothing could be written`,
        );
      }
    }
  }
  return tried;
}

async function contents(adapter: Adapter): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = { A: [], B: [], C: [] };
  for (const type of Object.keys(found)) {
    for await (const { key, value } of adapter.list(type)) found[type]!.push([key, value]);
  }
  return found;
}
