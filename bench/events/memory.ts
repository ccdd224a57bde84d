/** Events in memory, on a MemoryStore and on a plain Map. */
import { MemoryStore } from "../../mod.ts";
import { mapByHand } from "./by-hand/map.ts";
import { type Pace, paced } from "./measure.ts";
import { measureRows } from "./rows.ts";

/** Measures and prints. */
export async function benchMemory(pace: Pace): Promise<void> {
  console.log(
    await measureRows({
      title: "Memory in Node",
      byHand: mapByHand(),
      stores: { MemoryStore: new MemoryStore(), Map: new Map() },
      targets: { "toggle 1 of 1,000": 0.7 },
      effort: paced({ shortest: 30_000, rounds: 21 }, pace),
    }),
  );
}
