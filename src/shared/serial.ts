/** The tasks that have one key. */
export interface Line {
  /** Resolves when the last task in the line has ended. */
  tail: Promise<void>;
  /** How many tasks have ended. It tells a slow line from a dead one. */
  finished: number;
}

/** Waits for a turn in a line: by default until those before it have ended, however long that takes. */
export type Wait = (before: Promise<void>, line: Readonly<Line>) => Promise<void>;

/** Runs tasks with the same key one after the other, in order of arrival. */
export class SerialQueue<Key> {
  readonly #lines = new Map<Key, Line>();

  /** Runs a task once those before it have ended, whether or not they failed, and settles as the task does. */
  async run<Result>(
    key: Key,
    task: () => Promise<Result>,
    wait: Wait = (before) => before,
  ): Promise<Result> {
    const ahead = this.#lines.get(key);
    const line = ahead ?? { tail: Promise.resolve(), finished: 0 };
    const before = line.tail;
    let leave: () => void = () => {};
    const mine = line.tail = new Promise((resolve) => leave = resolve);
    this.#lines.set(key, line);
    try {
      if (ahead) await wait(before, line);
      return await task();
    } finally {
      line.finished++;
      leave();
      if (line.tail === mine) this.#lines.delete(key);
    }
  }
}
