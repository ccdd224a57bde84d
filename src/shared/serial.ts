/** Runs tasks with the same key one after the other, in order of arrival. */
export class SerialQueue<Key> {
  /** Resolves when the last task of a key has ended. */
  readonly #tails = new Map<Key, Promise<void>>();

  /** Runs a task once those before it have ended, whether or not they failed, and settles as the task does. */
  async run<Result>(key: Key, task: () => Promise<Result>): Promise<Result> {
    const before = this.#tails.get(key);
    let leave: () => void = () => {};
    const mine = new Promise<void>((resolve) => leave = resolve);
    this.#tails.set(key, mine);
    try {
      if (before) await before;
      return await task();
    } finally {
      leave();
      if (this.#tails.get(key) === mine) this.#tails.delete(key);
    }
  }
}
