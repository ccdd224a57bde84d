import { type Clock, pause } from "./clock.ts";
import type { Wait } from "./serial.ts";

/**
 * Returns a wait that ends after this many milliseconds without progress in the line. For writes that a compare-and-set
 * guards: they only save retries by waiting, and a request that the platform cancelled midway must not hold them up.
 */
export function patience(milliseconds: number, clock: Clock): Wait {
  return async (before, line) => {
    for (let seen = -1; seen !== line.finished;) {
      seen = line.finished;
      if (await endsWithin(before, milliseconds, clock)) return;
    }
  };
}

async function endsWithin(
  promise: Promise<void>,
  milliseconds: number,
  clock: Clock,
): Promise<boolean> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      promise.then(() => true),
      pause(milliseconds, { clock, signal: stop.signal }).then(() => false),
    ]);
  } finally {
    stop.abort();
  }
}
