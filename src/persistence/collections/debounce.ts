import type { Clock } from "../../shared/clock.ts";

/** Calls back once things have been quiet for a while, or have not been quiet for too long. */
export class Debounce {
  readonly #clock: Clock;
  readonly #quiet: number;
  readonly #maxWait: number;
  readonly #callback: () => void;
  #timer: unknown;
  #first = 0;
  #latest = 0;
  /** Whether a microtask will note when what happens now has ended. */
  #isNoted = false;
  #isEnded = false;

  constructor(
    callback: () => void,
    { clock, quiet, maxWait }: {
      readonly clock: Clock;
      readonly quiet: number;
      readonly maxWait: number;
    },
  ) {
    this.#clock = clock;
    this.#quiet = quiet;
    this.#maxWait = maxWait;
    this.#callback = callback;
  }

  /** Notes that something happened. */
  touch(): void {
    // Reading the clock for each of many changes in a row would cost more than all else that following does.
    if (this.#isNoted || this.#isEnded) return;
    this.#isNoted = true;
    queueMicrotask(() => {
      this.#isNoted = false;
      this.#latest = this.#clock.now();
    });
    // The timer that runs already looks at `latest` when it ends: setting a new one each time would cost more.
    if (this.#timer !== undefined) return;
    this.#first = this.#clock.now();
    this.#wait(Math.min(this.#quiet, this.#maxWait));
  }

  /** Forgets what happened. */
  cancel(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    // What happens next, even at once, has to set a timer again.
    this.#isNoted = false;
  }

  /** Forgets what happened, and what happens from now on. */
  end(): void {
    this.cancel();
    this.#isEnded = true;
  }

  #wait(milliseconds: number): void {
    this.#timer = this.#clock.setTimeout(() => {
      const due = Math.min(this.#latest + this.#quiet, this.#first + this.#maxWait);
      const now = this.#clock.now();
      // A clock that was set back would make it wait for as long as that.
      if (due > now && this.#latest <= now) return this.#wait(due - now);
      this.#timer = undefined;
      this.#callback();
    }, milliseconds);
  }
}
