interface Waiter {
  readonly revision: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Those who wait until storage holds everything up to a revision. */
export class Waiters {
  #waiting: Waiter[] = [];

  /** Resolves when that revision is stored. */
  wait(revision: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ revision, resolve, reject });
    });
  }

  /** Tells those whose revision is stored. */
  resolve(isMeant: (revision: number) => boolean): void {
    this.#take(isMeant, ({ resolve }) => resolve());
  }

  /** Tells those whose revision will not be stored. */
  reject(isMeant: (revision: number) => boolean, error: unknown): void {
    this.#take(isMeant, ({ reject }) => reject(error));
  }

  #take(isMeant: (revision: number) => boolean, tell: (waiter: Waiter) => void): void {
    if (this.#waiting.length === 0) return;
    const meant = this.#waiting.filter(({ revision }) => isMeant(revision));
    this.#waiting = this.#waiting.filter((waiter) => !meant.includes(waiter));
    meant.forEach(tell);
  }
}
