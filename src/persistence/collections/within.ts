import type { Clock } from "../../shared/clock.ts";

/**
 * The result of a call, or an error if there is none in time or before `ended` aborts. A call that was given up may
 * be answered later: `onLate` hears of that.
 */
export function within<T>(
  call: Promise<T>,
  { clock, milliseconds, name, ended, onLate }: {
    readonly clock: Clock;
    readonly milliseconds: number;
    readonly name: string;
    readonly ended: AbortSignal;
    readonly onLate?: (() => void) | undefined;
  },
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isGivenUp = false;
    const giveUp = (problem: string) => {
      isGivenUp = true;
      release();
      reject(new Error(`Cannot reach ${name}: ${problem}`));
    };
    const onEnd = () => giveUp("persistence was closed before it answered");
    const timer = clock.setTimeout(() => {
      giveUp(`no answer within ${milliseconds} ms; raise retry.timeout if it is that slow`);
    }, milliseconds);
    ended.addEventListener("abort", onEnd);
    const release = () => {
      clock.clearTimeout(timer);
      ended.removeEventListener("abort", onEnd);
    };
    const settle = (act: () => void) => {
      if (isGivenUp) return onLate?.();
      release();
      act();
    };
    call.then((value) => settle(() => resolve(value)), (error) => settle(() => reject(error)));
  });
}
