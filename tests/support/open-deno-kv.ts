import type { DenoKvBinding } from "../../adapters/deno-kv.ts";

// The types of Deno are not there when tsc checks this file with the others.
declare const Deno: { openKv(path?: string): Promise<DenoKvBinding & { close(): void }> };

/** Opens a Deno KV file, which fails at once while another process writes to it, so that it is tried again. */
export async function openDenoKv(path: string): Promise<DenoKvBinding & { close(): void }> {
  for (let left = 1_000;; left--) {
    try {
      return await Deno.openKv(path);
    } catch (error) {
      if (left === 0 || !/locked|busy/i.test(String(error))) throw error;
    }
  }
}
