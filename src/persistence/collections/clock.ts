/** Time as persistence knows it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after so many milliseconds. */
  setTimeout(callback: () => void, milliseconds: number): unknown;
  /** Takes back a timer that was set. */
  clearTimeout(timer: unknown): void;
}

/** Timers that are set for longer than this end at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The runtime's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, milliseconds) => {
    return setTimeout(callback, Math.min(milliseconds, LONGEST_TIMER));
  },
  clearTimeout: (timer) => clearTimeout(timer as Parameters<typeof clearTimeout>[0]),
};

/** A pause that can be cut short. */
export class Pause {
  readonly #clock: Clock;
  #end: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether somebody waits for its end. */
  get isUnderWay(): boolean {
    return this.#end !== undefined;
  }

  /** Resolves after so many milliseconds, or when `cut` is called. */
  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimeout(() => this.cut(), milliseconds);
      this.#end = () => {
        this.#clock.clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Ends the pause, if there is one. */
  cut(): void {
    this.#end?.();
    this.#end = undefined;
  }
}

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
