import { type Clock, systemClock } from "../shared/clock.ts";

const start = Date.UTC(2000, 0, 1);

/** A clock that says the same at each run of a test: it stands still but for the timers that fire. */
export class HarnessClock implements Clock {
  #now = start;

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, milliseconds: number): unknown {
    const due = this.#now + milliseconds;
    return systemClock.setTimeout(() => {
      this.#now = Math.max(this.#now, due);
      callback();
    }, milliseconds);
  }

  clearTimeout(timer: unknown): void {
    systemClock.clearTimeout(timer);
  }
}
