/** Counts what is under way, for whoever waits until all of it has ended. An event costs it no promise. */
export class RunningWork {
  #count = 0;
  #waiting: (() => void)[] = [];

  /** Notes that something has begun. Each call is followed by one of {@link end}. */
  begin(): void {
    this.#count++;
  }

  /** Notes that something has ended. */
  end(): void {
    if (--this.#count > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Notes work that is under way, and never rejects. */
  add(work: Promise<unknown>): void {
    this.begin();
    void work.then(() => this.end());
  }

  /** Resolves once nothing is under way. */
  async ended(): Promise<void> {
    // What has begun by the time that this goes on counts as well.
    while (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
