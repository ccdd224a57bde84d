import type { DenoKvBinding } from "../../adapters/deno-kv.ts";

// tsc checks this file with the others, without Deno's types.
declare const Deno: { openKv(path?: string): Promise<DenoKvBinding & { close(): void }> };

/** Opens a Deno KV file, and tries again while another process that writes to it makes that fail. */
export async function openDenoKv(path: string): Promise<DenoKvBinding & { close(): void }> {
  for (let left = 1_000;; left--) {
    try {
      return await Deno.openKv(path);
    } catch (error) {
      if (left === 0 || !/locked|busy/i.test(String(error))) throw error;
    }
  }
}
