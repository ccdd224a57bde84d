import type { Backlog } from "./backlog.ts";
import { StorageClearedError } from "./storage-epoch.ts";

interface Waiter {
  /** The last change that has to be stored. */
  readonly change: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Promises of those who wait until storage holds all changes up to some change. */
export class Waiters {
  readonly #backlog: Backlog;
  readonly #storageName: string;
  #waiting: Waiter[] = [];
  /** The first change that was taken back since nothing was last left to do. */
  #takenBack = Infinity;

  constructor(backlog: Backlog, storageName: string) {
    this.#backlog = backlog;
    this.#storageName = storageName;
  }

  /** Resolves when storage holds all changes up to this one. */
  wait(change: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ change, resolve, reject });
    });
  }

  /** Resolves those whose changes are stored. */
  resolveStored(): void {
    const isStored = (change: number) => change < this.#takenBack && !this.#backlog.lacks(change);
    for (const { resolve } of this.#take(isStored)) resolve();
  }

  /** Rejects all: storage has failed too often, or is not called any more. */
  rejectAll(cause: unknown): void {
    this.#reject(() => true, cause);
  }

  /** Notes that changes from this one on may have been taken back, and will not be stored. */
  takeBack(change: number): void {
    this.#takenBack = Math.min(this.#takenBack, change);
  }

  /** Settles those who wait for changes up to this one, as nothing is left to do: what is not stored will not be. */
  settle(upTo: number, cause: unknown): void {
    this.resolveStored();
    this.#reject((change) => change <= upTo, cause);
    this.#takenBack = Infinity;
  }

  /** Returns the error of those who are rejected. */
  errorOf(cause: unknown): Error {
    if (cause instanceof StorageClearedError) return cause;
    const { size } = this.#backlog.dirty;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new Error(
      `Cannot save all changes to ${this.#storageName}: ${reason}; ${size} documents are in memory only`,
      { cause },
    );
  }

  #reject(isMeant: (change: number) => boolean, cause: unknown): void {
    const rejected = this.#take(isMeant);
    if (rejected.length === 0) return;
    const error = this.errorOf(cause);
    for (const { reject } of rejected) reject(error);
  }

  #take(isMeant: (change: number) => boolean): readonly Waiter[] {
    if (this.#waiting.length === 0) return [];
    const taken = this.#waiting.filter(({ change }) => isMeant(change));
    this.#waiting = this.#waiting.filter((waiter) => !taken.includes(waiter));
    return taken;
  }
}
