import { type Clock, systemClock } from "../../src/shared/clock.ts";

/** A clock whose heartbeats come when a test rings. Everything else takes its time. */
export class Beats implements Clock {
  /** The option `heartbeat` of those that are rung for. */
  readonly heartbeat = 77_777;
  readonly #waiting = new Map<object, () => void>();

  now(): number {
    return systemClock.now();
  }

  setTimeout(callback: () => void, milliseconds: number): unknown {
    if (milliseconds !== this.heartbeat) return systemClock.setTimeout(callback, milliseconds);
    const timer = {};
    this.#waiting.set(timer, callback);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    if (!this.#waiting.delete(timer as object)) systemClock.clearTimeout(timer);
  }

  ring(): void {
    for (const [timer, callback] of [...this.#waiting]) {
      this.#waiting.delete(timer);
      callback();
    }
  }
}
