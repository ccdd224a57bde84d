import type { Clock } from "../shared/clock.ts";
import type { Instance } from "./instance.ts";
import type { Moment } from "./waiters.ts";

/** How many milliseconds a stream may be behind an answer. */
const longestLag = 2_000;
const longestPause = 30_000;

/**
 * Resolves once the stream of an instance is no longer behind an answer, or can no longer be expected to catch up. Until
 * then it is opened again, after growing pauses. Otherwise a page stays wrong whose own change was undone before the
 * stream had brought it: what the stream said last is so again, and it need not say that.
 */
export function watch(
  instance: Instance,
  { answer, clock, reopen }: {
    readonly answer: Moment;
    readonly clock: Clock;
    readonly reopen: () => void;
  },
): Promise<void> {
  let pause = longestLag;
  let timer = clock.setTimeout(again, pause);
  function again(): void {
    pause = Math.min(2 * pause, longestPause);
    timer = clock.setTimeout(again, pause);
    reopen();
  }
  return instance.caughtUp(answer).then(() => clock.clearTimeout(timer));
}
