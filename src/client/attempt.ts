import type { WaitOptions } from "./wait-after.ts";

const longestRequest = 30_000;

/** Makes a request, and resolves with `undefined` if it fails or takes longer than 30 seconds. */
export async function attempt<Result>(
  request: (signal: AbortSignal) => Promise<Result>,
  { clock, signal }: Pick<WaitOptions, "clock" | "signal">,
): Promise<Result | undefined> {
  const limit = new AbortController();
  const timer = clock.setTimeout(() => limit.abort(), longestRequest);
  try {
    return await request(AbortSignal.any([signal, limit.signal]));
  } catch {
    return undefined;
  } finally {
    clock.clearTimeout(timer);
  }
}
