/** A process of its own that increments one counter in a Deno KV file: `deno run … path times`. */
import { type DenoKvBinding, DenoKvStore } from "../../adapters/deno-kv.ts";
import { increment } from "./increment.ts";

// The types of Deno are not there when tsc checks this file with the others.
declare const Deno: {
  readonly args: readonly string[];
  openKv(path?: string): Promise<DenoKvBinding & { close(): void }>;
};

const [path, times] = Deno.args;
const kv = await open();
const store = new DenoKvStore(kv);
await increment(store, Number(times));
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
