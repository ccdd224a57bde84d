import type { Adapter } from "../../../src/persistence/adapter/adapter.ts";
import { eachFault, type FaultScenario } from "./each-fault.ts";

const before = { A: [["a", 1], ["b", 1]], B: [["c", 1]], C: [] };
const after = { A: [["a", "2".repeat(100_000)]], B: [["c", 2]], C: [["d", 2]] };

/**
 * Runs one commit through all faults. Whatever fails, all of the commit is stored or nothing, and the next commit works.
 *
 * @returns How many faults were tried.
 */
export function tryAllFaults<Platform extends object>(
  scenario: FaultScenario<Platform>,
): Promise<number> {
  return eachFault(scenario, async ({ clean, openFaulty, fault }) => {
    const [version] = await clean.commit([
      { type: "A", key: "a", value: 1 },
      { type: "A", key: "b", value: 1 },
      { type: "B", key: "c", value: 1 },
    ]);
    const adapter = openFaulty();
    const commit = () =>
      adapter.commit([
        { type: "A", key: "a", value: "2".repeat(100_000), ifVersion: version! },
        { type: "A", key: "b", delete: true },
        { type: "B", key: "c", value: 2 },
        { type: "C", key: "d", value: 2, ifVersion: null },
      ]);
    const failed = await commit().then(() => false, () => true);
    return async () => {
      const seen = JSON.stringify(await contents(clean));
      const whole = seen === JSON.stringify(after);
      if (!whole && seen !== JSON.stringify(before)) {
        throw new Error(`With ${fault}, a commit left ${seen.slice(0, 300)}`);
      }
      if (!whole && !failed) throw new Error(`With ${fault}, a commit failed unnoticed`);
      // The fault is over: what was not written can be written now.
      if (!whole) await commit();
      if (JSON.stringify(await contents(clean)) !== JSON.stringify(after)) {
        throw new Error(`After ${fault}, nothing could be written`);
      }
    };
  });
}

async function contents(adapter: Adapter): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = { A: [], B: [], C: [] };
  for (const type of Object.keys(found)) {
    for await (const { key, value } of adapter.list(type)) found[type]!.push([key, value]);
  }
  return found;
}
