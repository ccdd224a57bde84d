import { own } from "./own.ts";

/** Tells the time and sets timers. Tests pass their own. */
export interface Clock {
  /** Returns milliseconds since 1970. */
  now(): number;
  /** Calls back once after this many milliseconds. Returns the timer. */
  setTimeout(callback: () => void, milliseconds: number): unknown;
  /** Cancels a timer. */
  clearTimeout(timer: unknown): void;
}

/** In milliseconds. Runtimes fire a timer at once if it is set for longer. */
const maxTimeout = 2 ** 31 - 1;

/** The runtime's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, milliseconds) => {
    return setTimeout(callback, Math.min(milliseconds, maxTimeout));
  },
  clearTimeout: (timer) => clearTimeout(timer as number),
};

/** Resolves after this many milliseconds, or as soon as the signal aborts. */
export function pause(
  milliseconds: number,
  options: { readonly clock: Clock; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const { clock, signal } = own(options);
  return new Promise((resolve) => {
    function end(): void {
      clock.clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    }
    const timer = clock.setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
  });
}

/** Options of {@link backoff}. Delays are in milliseconds. */
export interface BackoffOptions {
  /** The longest pause after the first failure. It doubles with each further failure. */
  readonly minDelay: number;
  /** The longest pause of all. */
  readonly maxDelay: number;
  /** Returns a number from 0 to below 1. */
  readonly random: () => number;
}

/**
 * Returns how many milliseconds to wait after this many consecutive failures, counted from 1: exponential backoff with
 * full jitter, which spreads out the clients of a server that comes back
 * ([Brooker 2015](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)).
 */
export function backoff(
  failures: number,
  { minDelay, maxDelay, random }: BackoffOptions,
): number {
  return random() * Math.min(maxDelay, minDelay * 2 ** (failures - 1));
}
