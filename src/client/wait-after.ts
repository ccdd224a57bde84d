import { backoff, type Clock, pause } from "../shared/clock.ts";

// A server that says to come back tomorrow would hold up everything that waits.
const longestExtra = 60_000;

/** Options of {@link waitAfter}. */
export interface WaitOptions {
  readonly clock: Clock;
  /** Returns a number from 0 to below 1. */
  readonly random: () => number;
  /** Ends every wait when it aborts. */
  readonly signal: AbortSignal;
}

/**
 * Waits after this many consecutive failures, from 1 up, and `extra` milliseconds more, of which a minute at most. Ends
 * at once when the browser is online again or the signal aborts.
 */
export async function waitAfter(
  failures: number,
  { clock, random, signal }: WaitOptions,
  extra = 0,
): Promise<void> {
  const over = new AbortController();
  addEventListener("online", () => over.abort(), { signal: over.signal });
  const delay = Math.min(extra, longestExtra) +
    backoff(failures, { minDelay: 500, maxDelay: 30_000, random });
  await pause(delay, { clock, signal: AbortSignal.any([signal, over.signal]) });
  over.abort();
}
