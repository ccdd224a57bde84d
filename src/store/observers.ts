import type { Document } from "./field.ts";
import type { Observer } from "./observer.ts";

/** Keeps the observers of a collection. */
export class Observers {
  /** Each with whether it hears of misses too. */
  readonly #observers = new Map<Observer<Document, unknown>, boolean>();
  #list: readonly Observer<Document, unknown>[] | undefined;

  get size(): number {
    return this.#observers.size;
  }

  /** Whether any of them hears of misses. */
  get hearMisses(): boolean {
    return [...this.#observers.values()].includes(true);
  }

  /** All of them, in a list that stays as it is when one comes or goes. */
  get list(): readonly Observer<Document, unknown>[] {
    return this.#list ??= [...this.#observers.keys()];
  }

  add(observer: Observer<Document, unknown>, misses: boolean): void {
    this.#observers.set(observer, misses);
    this.#list = undefined;
  }

  delete(observer: Observer<Document, unknown>): void {
    this.#observers.delete(observer);
    this.#list = undefined;
  }

  /** Returns whether an observer is still there, and hears of misses if this is one. */
  hears(observer: Observer<Document, unknown>, isMiss: boolean): boolean {
    const misses = this.#observers.get(observer);
    return misses === true || (misses === false && !isMiss);
  }
}
