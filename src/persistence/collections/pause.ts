import type { Clock } from "../../shared/clock.ts";

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
