/** What a journal records. */
interface Recorded<Step> {
  /** What can undo it. */
  readonly state: { undo(step: Step): void };
}

/**
 * Keeps the undo log of a store. Work that throws is undone step by step, so a transaction costs what it changes, not
 * what the store holds.
 */
export class Journal<Step extends Recorded<Step>> {
  readonly #commit: (steps: readonly Step[]) => void;
  #steps: Step[] = [];
  /** Clears every collection of the store. */
  clear!: () => void;
  /** The latest step of the innermost work, which may still grow. */
  last: Step | undefined;
  #depth = 0;

  /** Passes the steps of finished work to `commit`. */
  constructor(commit: (steps: readonly Step[]) => void) {
    this.#commit = commit;
  }

  /** Whether a transaction is running. */
  get open(): boolean {
    return this.#depth > 0;
  }

  /** Records a step. Outside a transaction, it is one by itself. */
  record(step: Step): void {
    if (this.open) this.#steps.push(this.last = step);
    else this.#commit([step]);
  }

  /** Runs synchronous work, all or nothing. Inside other work, it is a part of that. */
  run<Result>(work: () => Result): Result {
    const steps = this.#steps;
    const mark = steps.length;
    this.last = undefined;
    this.#depth++;
    let result: Result;
    try {
      result = work();
    } catch (error) {
      while (steps.length > mark) {
        const step = steps.pop()!;
        step.state.undo(step);
      }
      throw error;
    } finally {
      this.last = undefined;
      this.#depth--;
    }
    if (!this.open && steps.length > 0) {
      this.#steps = [];
      this.#commit(steps);
    }
    return result;
  }
}
