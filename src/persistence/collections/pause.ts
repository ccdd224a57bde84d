import { type Clock, pause } from "../../shared/clock.ts";

/** A pause that can be cut short, one at a time. */
export class Pause {
  readonly #clock: Clock;
  #end: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether somebody waits for its end. */
  get isUnderWay(): boolean {
    return this.#end !== undefined;
  }

  /** Resolves after this many milliseconds, or when `cut` is called. */
  async wait(milliseconds: number): Promise<void> {
    const { signal } = this.#end = new AbortController();
    await pause(milliseconds, { clock: this.#clock, signal });
    this.#end = undefined;
  }

  /** Ends the pause, if there is one. */
  cut(): void {
    this.#end?.abort();
    this.#end = undefined;
  }
}
