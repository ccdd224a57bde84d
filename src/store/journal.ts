import type { CollectionState } from "./collection-state.ts";
import type { Document } from "./field.ts";
import type { Table } from "./table.ts";

/** One change to one collection, with what is needed to take it back. */
export interface Step {
  readonly state: CollectionState;
  readonly slot: number;
  readonly before: Document | undefined;
  readonly after: Document | undefined;
  /** The table that a `clear` put aside. */
  readonly cleared?: Table;
  /** The key of a document that was to be deleted and was not there. */
  readonly missed?: unknown;
  /**
   * Where documents were added of which nobody has to be told: the slot behind the last of them. Many in a row, as of
   * a bulk load, are one step.
   */
  end?: number;
}

/**
 * The undo log of a store. Work that throws is taken back step by step, so a transaction costs what it
 * changes and not what the store holds.
 */
export class Journal {
  readonly #commit: (steps: readonly Step[]) => void;
  #steps: Step[] = [];
  /** The latest step of the innermost work. */
  #last: Step | undefined;
  #depth = 0;

  constructor(commit: (steps: readonly Step[]) => void) {
    this.#commit = commit;
  }

  /** Whether a transaction is running. */
  get open(): boolean {
    return this.#depth > 0;
  }

  /** Notes a change that was made. Outside of a transaction it is one by itself. */
  record(step: Step): void {
    if (this.#depth === 0) this.#commit([step]);
    else this.#steps.push(this.#last = step);
  }

  /** Notes that a document was added of which nobody has to be told. */
  append(state: CollectionState, slot: number): void {
    const last = this.#last;
    if (last?.end === slot && last.state === state) last.end = slot + 1;
    else this.record({ state, slot, before: undefined, after: undefined, end: slot + 1 });
  }

  /** Runs synchronous work, all or nothing. Inside of other work it is a part of that. */
  run<Result>(work: () => Result): Result {
    const mark = this.#steps.length;
    this.#last = undefined;
    this.#depth++;
    let result: Result;
    try {
      result = work();
    } catch (error) {
      while (this.#steps.length > mark) {
        const step = this.#steps.pop()!;
        step.state.undo(step);
      }
      throw error;
    } finally {
      this.#last = undefined;
      this.#depth--;
    }
    if (this.#depth === 0 && this.#steps.length > 0) {
      const steps = this.#steps;
      this.#steps = [];
      this.#commit(steps);
    }
    return result;
  }
}
