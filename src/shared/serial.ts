import { type Clock, pause, systemClock } from "./clock.ts";
import { own } from "./own.ts";

/** The tasks that have one key. */
interface Line {
  /** Resolves when the last task in the line has ended. */
  tail: Promise<void>;
  /** How many tasks have ended. It tells a slow line from a dead one. */
  finished: number;
}

/** Options of one task in a {@link SerialQueue}. */
export interface SerialOptions {
  /**
   * Milliseconds without progress in the line after which the task runs anyway. By default it waits its turn however
   * long that takes. For writes that a compare-and-set guards: they only save retries by waiting, and a request that
   * the platform cancelled midway must not hold them up.
   */
  readonly patience?: number;
}

/** Runs tasks with the same key one after the other, in order of arrival. */
export class SerialQueue<Key> {
  readonly #lines = new Map<Key, Line>();
  readonly #clock: Clock;

  constructor(options: { readonly clock?: Clock | undefined } = {}) {
    this.#clock = own(options).clock ?? systemClock;
  }

  /** Runs a task once those before it have ended, whether or not they failed, and settles as the task does. */
  async run<Result>(
    key: Key,
    task: () => Promise<Result>,
    options: SerialOptions = {},
  ): Promise<Result> {
    const ahead = this.#lines.get(key);
    const line = ahead ?? { tail: Promise.resolve(), finished: 0 };
    const before = line.tail;
    let leave: () => void = () => {};
    const mine = line.tail = new Promise((resolve) => leave = resolve);
    this.#lines.set(key, line);
    try {
      if (ahead) await this.#wait(line, before, own(options).patience);
      return await task();
    } finally {
      line.finished++;
      leave();
      if (line.tail === mine) this.#lines.delete(key);
    }
  }

  async #wait(line: Line, before: Promise<void>, patience: number | undefined): Promise<void> {
    if (patience === undefined) return await before;
    for (let seen = -1; seen !== line.finished;) {
      seen = line.finished;
      if (await this.#endsWithin(before, patience)) return;
    }
  }

  async #endsWithin(tail: Promise<void>, milliseconds: number): Promise<boolean> {
    const stop = new AbortController();
    try {
      return await Promise.race([
        tail.then(() => true),
        pause(milliseconds, { clock: this.#clock, signal: stop.signal }).then(() => false),
      ]);
    } finally {
      stop.abort();
    }
  }
}
