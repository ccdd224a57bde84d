import type { DenoKvAtomic } from "./binding.ts";

const PATIENCE = 5_000;

/**
 * Commits, and waits while another process holds the file: a local Deno KV gives up at once where SQLite is busy,
 * and has then done nothing.
 */
export async function commitWhenFree(
  atomic: DenoKvAtomic,
): ReturnType<DenoKvAtomic["commit"]> {
  const giveUp = Date.now() + PATIENCE;
  for (let longest = 2;; longest = Math.min(2 * longest, 100)) {
    try {
      return await atomic.commit();
    } catch (error) {
      if (!/database is locked/.test(String(error)) || Date.now() > giveUp) throw error;
      // At random, so that two waiting processes do not meet again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
    }
  }
}
