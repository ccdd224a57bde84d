/** Says which state of an instance: a revision, in one creation of it. */
export interface Moment {
  readonly epoch: string;
  readonly rev: number;
}

/** Who waits for a moment. */
export interface Waiter extends Moment {
  readonly release: () => void;
}

/** Returns whether what is at one moment has reached another, in the same creation. */
export function hasReached(at: Moment | undefined, { epoch, rev }: Moment): boolean {
  return at !== undefined && at.epoch === epoch && at.rev >= rev;
}

/** Those who wait until a stream has brought a moment. */
export class Waiters {
  #waiting: readonly Waiter[] = [];

  /** All who wait. */
  get all(): readonly Waiter[] {
    return this.#waiting;
  }

  /** Resolves when it is released. */
  add({ epoch, rev }: Moment): Promise<void> {
    return new Promise((release) => {
      this.#waiting = [...this.#waiting, { epoch, rev, release }];
    });
  }

  /** Releases those to whom this applies. */
  release(applies: (waiter: Waiter) => boolean = () => true): void {
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((waiter) => !applies(waiter));
    for (const waiter of waiting) if (applies(waiter)) waiter.release();
  }
}
