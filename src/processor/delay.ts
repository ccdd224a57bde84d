/** Resolves after so many milliseconds, or as soon as the signal aborts. A test passes its own. */
export type Delay = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** A {@link Delay} by the runtime's timer. */
export function delay(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
    if (signal?.aborted) done();
    else signal?.addEventListener("abort", done);
  });
}

/** Waits for a promise, but no longer than so many milliseconds; says whether it was settled in time. */
export async function settlesWithin(
  promise: Promise<unknown>,
  milliseconds: number,
  wait: Delay,
): Promise<boolean> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      promise.then(() => true, () => true),
      wait(milliseconds, stop.signal).then(() => false),
    ]);
  } finally {
    stop.abort();
  }
}
