import type { Clock } from "../../src/shared/clock.ts";

/** A clock on which no time passes: pauses end at once, and deadlines, a second or more away, are never reached. */
export const instantClock: Clock = {
  now: () => 0,
  setTimeout: (callback, milliseconds) => {
    if (milliseconds < 1_000) queueMicrotask(callback);
  },
  clearTimeout: () => {},
};

/** A clock whose timers fire when a test rings it, however long they were set for. */
export class HandClock implements Clock {
  readonly #waiting = new Map<object, () => void>();

  now(): number {
    return 0;
  }

  setTimeout(callback: () => void): object {
    const timer = {};
    this.#waiting.set(timer, callback);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#waiting.delete(timer as object);
  }

  /** The number of timers that are set. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Fires all timers that are set. */
  ring(): void {
    for (const [timer, callback] of [...this.#waiting]) {
      this.#waiting.delete(timer);
      callback();
    }
  }
}

/** A clock whose time passes when a test says so. */
export class SteppedClock implements Clock {
  readonly #waiting = new Map<object, { readonly due: number; readonly callback: () => void }>();
  #now = 0;

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, milliseconds: number): object {
    const timer = {};
    this.#waiting.set(timer, { due: this.#now + milliseconds, callback });
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#waiting.delete(timer as object);
  }

  /** The milliseconds after which each timer that is set is due, the next one first. */
  get dues(): number[] {
    return Array.from(this.#waiting.values(), ({ due }) => due - this.#now).sort((a, b) => a - b);
  }

  /** Lets this many milliseconds pass, and fires the timers that are due then. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
    for (const [timer, { due, callback }] of [...this.#waiting]) {
      if (due <= this.#now && this.#waiting.delete(timer)) callback();
    }
  }
}
