import { backoff, type Clock, pause } from "../../src/shared/clock.ts";
import type { DenoKvAtomic } from "./binding.ts";

/** Commits an atomic operation. */
export type Commit = (atomic: DenoKvAtomic) => ReturnType<DenoKvAtomic["commit"]>;

/** How many milliseconds to wait for the file. */
const patience = 5_000;
const delays = { minDelay: 2, maxDelay: 100 };

/**
 * Returns a function that commits, and waits while another process holds the file: a local Deno KV gives up at once if
 * SQLite is busy, and has then written nothing.
 */
export function committer(
  { clock, random }: { readonly clock: Clock; readonly random: () => number },
): Commit {
  return async (atomic) => {
    const giveUp = clock.now() + patience;
    for (let failures = 1;; failures++) {
      try {
        return await atomic.commit();
      } catch (error) {
        if (!/database is locked/.test(String(error)) || clock.now() > giveUp) throw error;
        await pause(backoff(failures, { ...delays, random }), { clock });
      }
    }
  };
}
