/** A process of its own that increments one counter in a Deno KV file: `deno run … path times`. */
import { type DenoKvBinding, DenoKvStore } from "../../adapters/deno-kv.ts";

// The types of Deno are not there when tsc checks this file with the others.
declare const Deno: {
  readonly args: readonly string[];
  openKv(path?: string): Promise<DenoKvBinding & { close(): void }>;
};

const [path, times] = Deno.args;
const kv = await open();
const store = new DenoKvStore(kv);
for (let done = 0; done < Number(times);) {
  const entry = await store.get("Counter", "n");
  const value = (entry?.value as number | undefined ?? 0) + 1;
  try {
    await store.commit([{ type: "Counter", key: "n", value, ifVersion: entry?.version ?? null }]);
    done++;
  } catch (error) {
    if ((error as Error).name !== "ConflictError") throw error;
  }
}
kv.close();

/** Opening a file fails at once while the other process writes to it. */
async function open(): ReturnType<typeof Deno.openKv> {
  for (let left = 1_000;; left--) {
    try {
      return await Deno.openKv(path);
    } catch (error) {
      if (left === 0 || !/locked|busy/i.test(String(error))) throw error;
    }
  }
}
