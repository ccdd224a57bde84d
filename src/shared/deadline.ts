import type { Clock } from "./clock.ts";
import { own } from "./own.ts";

/** Options of {@link withDeadline}. */
export interface DeadlineOptions {
  readonly clock: Clock;
  /** How long the call may take; `Infinity` is forever. */
  readonly milliseconds: number;
  /** What is called, for the error. */
  readonly name: string;
  /** The option that sets the deadline, for the error. */
  readonly option: string;
  /** Ends the wait when it aborts. */
  readonly ended?: AbortSignal | undefined;
  /** Called when a call that was given up settles after all. */
  readonly onLate?: (() => void) | undefined;
}

/** Settles as a call does, or rejects if the call does not settle in time or before `ended` aborts. */
export function withDeadline<T>(
  call: Promise<T>,
  options: DeadlineOptions,
): Promise<T> {
  const { clock, milliseconds, name, option, ended, onLate } = own(options);
  return new Promise((resolve, reject) => {
    let isGivenUp = false;
    const giveUp = (problem: string) => {
      isGivenUp = true;
      release();
      reject(new Error(`Cannot reach ${name}: ${problem}`));
    };
    const onEnd = () => giveUp("persistence was closed before it answered");
    const timer = clock.setTimeout(() => {
      giveUp(`no answer within ${milliseconds} ms; raise ${option} if it is that slow`);
    }, milliseconds);
    ended?.addEventListener("abort", onEnd);
    const release = () => {
      clock.clearTimeout(timer);
      ended?.removeEventListener("abort", onEnd);
    };
    const settle = (act: () => void) => {
      if (isGivenUp) return onLate?.();
      release();
      act();
    };
    call.then((value) => settle(() => resolve(value)), (error) => settle(() => reject(error)));
  });
}
