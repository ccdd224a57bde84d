/** Tells time and sets timers. A test passes its own. */
export interface Clock {
  /** Returns milliseconds since 1970. */
  now(): number;
  /** Calls back once after this many milliseconds. */
  setTimeout(callback: () => void, milliseconds: number): unknown;
  /** Cancels a timer. */
  clearTimeout(timer: unknown): void;
}

/** A timer that is set for longer than this ends at once. */
const longestTimer = 2 ** 31 - 1;

/** The runtime's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, milliseconds) => {
    return setTimeout(callback, Math.min(milliseconds, longestTimer));
  },
  clearTimeout: (timer) => clearTimeout(timer as number),
};

/** Resolves after this many milliseconds, or as soon as the signal aborts. */
export function pause(
  milliseconds: number,
  { clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal | undefined },
): Promise<void> {
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

/** Bounds the pauses between failed calls, in milliseconds. */
export interface BackoffOptions {
  /** The longest pause after the first failure; it doubles with each further one. */
  readonly minDelay: number;
  /** No pause is longer. */
  readonly maxDelay: number;
  /** Returns a number from 0 to below 1. */
  readonly random: () => number;
}

/**
 * Returns how many milliseconds to wait after this many failures in a row, from 1 up: exponential backoff with full
 * jitter, which spreads the clients of a server that comes back
 * ([Brooker 2015](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)).
 */
export function backoff(
  failures: number,
  { minDelay, maxDelay, random }: BackoffOptions,
): number {
  return random() * Math.min(maxDelay, minDelay * 2 ** (failures - 1));
}
