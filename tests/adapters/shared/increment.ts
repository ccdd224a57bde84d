import type { Adapter } from "../../../src/persistence/adapter/adapter.ts";

/** Increments one counter this many times, and repeats each conflict; returns how many there were. */
export async function increment(store: Adapter, times: number): Promise<number> {
  let conflicts = 0;
  for (let left = times; left > 0;) {
    const entry = await store.get("Counter", "n");
    const value = (entry?.value as number | undefined ?? 0) + 1;
    const ifVersion = entry?.version ?? null;
    try {
      await store.commit([{ type: "Counter", key: "n", value, ifVersion }]);
      left--;
    } catch (error) {
      if ((error as Error).name !== "ConflictError") throw error;
      conflicts++;
    }
  }
  return conflicts;
}
