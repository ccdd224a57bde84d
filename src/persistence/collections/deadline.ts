import type { Clock } from "../../shared/clock.ts";

/**
 * Settles as a call does, or rejects if the call does not settle in time or before `ended` aborts. `onLate` is called
 * when a call that was given up settles after all.
 */
export function withDeadline<T>(
  call: Promise<T>,
  { clock, milliseconds, name, ended, onLate }: {
    readonly clock: Clock;
    readonly milliseconds: number;
    /** What is called, for the error. */
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
