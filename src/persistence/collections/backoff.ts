/** How long failed calls wait. */
export interface Backoff {
  readonly minDelay: number;
  readonly maxDelay: number;
  /** A number from 0 up to 1. */
  readonly random: () => number;
}

/**
 * The pause after so many failures in a row: exponential backoff with full jitter, which spreads the clients of
 * a storage that comes back ([Brooker 2015](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)).
 *
 * @returns Milliseconds.
 */
export function pauseAfter(failures: number, { minDelay, maxDelay, random }: Backoff): number {
  return random() * Math.min(maxDelay, minDelay * 2 ** (failures - 1));
}
