import { describe } from "../../shared/describe.ts";
import type { Key } from "./adapter.ts";

/** The watchers of one adapter, by type. */
export class Listeners {
  readonly #byType: Map<string, Set<(keys: readonly Key[]) => void>> = new Map();

  /**
   * Adds a listener until the returned function is called.
   *
   * @throws {TypeError} when it is not a function.
   */
  add(type: string, listener: (keys: readonly Key[]) => void): () => void {
    assertListener(type, listener);
    // With a wrapper of its own for each call, one function can watch twice and be removed once.
    const own = (keys: readonly Key[]) => listener(keys);
    const listeners = this.#byType.get(type) ?? new Set();
    this.#byType.set(type, listeners.add(own));
    return () => {
      listeners.delete(own);
      if (listeners.size === 0 && this.#byType.get(type) === listeners) this.#byType.delete(type);
    };
  }

  /** Calls the listeners of a type after the current task, so one that throws cannot fail a commit. */
  notify(type: string, keys: readonly Key[]): void {
    if (keys.length === 0) return;
    for (const listener of this.#byType.get(type) ?? []) {
      queueMicrotask(() => {
        if (this.#byType.get(type)?.has(listener)) listener(keys);
      });
    }
  }

  /** Calls the listeners of each type with its keys that were written. */
  notifyOf(writes: readonly { readonly type: string; readonly key: Key }[]): void {
    const keys = new Map<string, Key[]>();
    for (const { type, key } of writes) {
      const changed = keys.get(type);
      if (changed) changed.push(key);
      else keys.set(type, [key]);
    }
    for (const [type, changed] of keys) this.notify(type, changed);
  }

  /** Returns whether anybody watches a type. */
  has(type: string): boolean {
    return this.#byType.has(type);
  }

  /** Whether anybody watches anything. */
  get any(): boolean {
    return this.#byType.size > 0;
  }

  /** Removes every listener. */
  clear(): void {
    this.#byType.clear();
  }
}

/** Refuses what cannot be called, before a write calls it that somebody else makes. */
export function assertListener(type: string, listener: unknown): void {
  if (typeof listener === "function") return;
  throw new TypeError(
    `Cannot watch ${type}: the listener is ${describe(listener)}; pass a function`,
  );
}
