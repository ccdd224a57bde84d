import { type Delay, delay, settlesWithin } from "./delay.ts";

interface Lane {
  /** Resolves when the last in the lane is done. */
  tail: Promise<void>;
  /** How many have finished; it tells a slow lane from a dead one. */
  finished: number;
}

/** How long to wait for one's turn. */
export interface TurnOptions {
  /**
   * Milliseconds without any progress after which a waiter goes ahead all the same. Where a
   * compare-and-set guards the write a turn only spares retries, and a request that the platform cancelled in
   * the middle must not hold up the others.
   */
  readonly patience?: number;
}

/** Lets tasks with the same key run one after the other, in the order in which they asked. */
export class Turns {
  readonly #lanes = new Map<string, Lane>();
  readonly #delay: Delay;

  /** Makes an empty queue; a test passes its own timer. */
  constructor(options: { delay?: Delay } = {}) {
    this.#delay = options.delay ?? delay;
  }

  /** Runs the task when its turn has come, and resolves or rejects as it does. */
  async run<T>(key: string, task: () => Promise<T>, options: TurnOptions = {}): Promise<T> {
    const ahead = this.#lanes.get(key);
    const lane = ahead ?? { tail: Promise.resolve(), finished: 0 };
    const before = lane.tail;
    let leave: () => void = () => {};
    const mine = lane.tail = new Promise((resolve) => leave = resolve);
    this.#lanes.set(key, lane);
    try {
      if (ahead) await this.#wait(lane, before, options.patience);
      return await task();
    } finally {
      lane.finished++;
      leave();
      if (lane.tail === mine) this.#lanes.delete(key);
    }
  }

  async #wait(lane: Lane, before: Promise<void>, patience: number | undefined): Promise<void> {
    if (patience === undefined) return await before;
    for (let seen = -1; seen !== lane.finished;) {
      seen = lane.finished;
      if (await settlesWithin(before, patience, this.#delay)) return;
    }
  }
}
