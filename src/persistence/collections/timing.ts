import { type Clock, systemClock } from "../../shared/clock.ts";
import type { PersistOptions, RetryOptions } from "./options.ts";

/** When changes are written, and when failed calls are repeated: the options, with their defaults. */
export interface Timing {
  readonly clock: Clock;
  readonly random: () => number;
  readonly debounce: number;
  readonly maxWait: number;
  readonly storageTimeout: number;
  readonly retry: Required<RetryOptions>;
}

/** Fills in what the options leave out. */
export function timingOf(options: PersistOptions): Timing {
  const { clock = systemClock, random = Math.random, retry = {} } = options;
  const { debounce = 50, maxWait = 1_000, storageTimeout = 5_000 } = options;
  const { attempts = 5, minDelay = 100, maxDelay = 30_000 } = retry;
  const ownRetry = { attempts, minDelay, maxDelay };
  return { clock, random, debounce, maxWait, storageTimeout, retry: ownRetry };
}
