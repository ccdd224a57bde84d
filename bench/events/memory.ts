/** Events in memory, on a MemoryStore and on a plain Map. */
import { MemoryStore } from "../../mod.ts";
import { mapByHand } from "./by-hand/map.ts";
import { type Pace, paced } from "./measure.ts";
import { contendersOf, measureRows } from "./rows.ts";

/** Measures and prints. */
export async function benchMemory(pace: Pace): Promise<void> {
  const byHand = mapByHand();
  const stores = { MemoryStore: new MemoryStore(), Map: new Map() };
  console.log(
    await measureRows({
      title: "Memory in Node",
      limitIs: "the copy that the handler gets",
      stores: Object.keys(stores),
      contenders: (row) => contendersOf(row, { byHand, stores }),
      targets: { "toggle 1 of 1,000": 0.7 },
      effort: paced({ shortest: 30_000, rounds: 21 }, pace),
    }),
  );
}
