import type { Clock } from "../../src/shared/clock.ts";

/** A clock on which no time passes: pauses end at once, and deadlines, a second or more away, are never reached. */
export const instantClock: Clock = {
  now: () => 0,
  setTimeout: (callback, milliseconds) => {
    if (milliseconds < 1_000) queueMicrotask(callback);
  },
  clearTimeout: () => {},
};

/** A clock that a test moves on. Timers fire in order, each when all that waits for nothing but promises has run. */
export class SteppedClock implements Clock {
  readonly #timers = new Map<object, { readonly at: number; readonly callback: () => void }>();
  #now = 0;

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, milliseconds: number): object {
    const timer = {};
    this.#timers.set(timer, { at: this.#now + milliseconds, callback });
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as object);
  }

  /** How many timers are set. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** The milliseconds after which each timer that is set is due, the next one first. */
  get dues(): number[] {
    return Array.from(this.#timers.values(), ({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  /** Lets this many milliseconds pass at once, and fires the timers that are due then. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
    for (const [timer, { at, callback }] of [...this.#timers]) {
      if (at <= this.#now && this.#timers.delete(timer)) callback();
    }
  }

  /** Lets this many milliseconds pass. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      for (let turn = 0; turn < 100; turn++) await undefined;
      const [next] = [...this.#timers].sort(([, a], [, b]) => a.at - b.at);
      if (!next || next[1].at > end) break;
      this.#timers.delete(next[0]);
      this.#now = next[1].at;
      next[1].callback();
    }
    this.#now = end;
  }
}

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
