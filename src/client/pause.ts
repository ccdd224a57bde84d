/** The two timer functions of a browser; the host's own by default. */
export interface Timers {
  /** Calls back once, later, unless the timer it returns is cleared. */
  setTimeout(callback: () => void, milliseconds: number): unknown;
  /** Clears a timer. */
  clearTimeout(timer: unknown): void;
}

/** What waiting depends on. */
export interface PauseOptions {
  readonly timers: Timers;
  /** Gives a number from 0 to below 1. */
  readonly random: () => number;
  /** Ends every wait when it is aborted. */
  readonly signal: AbortSignal;
}

const shortest = 500;
const longest = 30_000;

/**
 * How long to wait in milliseconds after so many failures in a row: exponential backoff with full jitter, as
 * described by Marc Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
 */
export function backoff(failures: number, random: () => number): number {
  return random() * Math.min(longest, shortest * 2 ** failures);
}

/** Waits, but no longer than until the browser is online again or the signal is aborted. */
export function pause(milliseconds: number, { timers, signal }: PauseOptions): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController();
    function finish(): void {
      over.abort();
      timers.clearTimeout(timer);
      resolve();
    }
    const timer = timers.setTimeout(finish, milliseconds);
    addEventListener("online", finish, { signal: over.signal });
    signal.addEventListener("abort", finish, { signal: over.signal });
    if (signal.aborted) finish();
  });
}
