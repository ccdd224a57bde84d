import { addressKey } from "./address.ts";

/** One instance has a new state. */
export interface Publication {
  /** The instance's type. */
  readonly type: string;
  /** The instance's id. */
  readonly id: string;
  /** How many times the instance has changed. */
  readonly rev: number;
  /** The new state, where the hub carries it; a subscriber without it loads it. It is shared: not to be changed. */
  readonly state?: object;
}

/** Tells those who watch an instance that it has changed. */
export interface Hub {
  /** Tells the instance's listeners. */
  publish(change: Publication): void;
  /** Calls the listener on every change of one instance, until the returned function is called. */
  subscribe(type: string, id: string, listener: (change: Publication) => void): () => void;
}

/** A {@link Hub} for one process. */
export class MemoryHub implements Hub {
  readonly #listeners = new Map<string, Set<(change: Publication) => void>>();

  /** Tells the instance's listeners. */
  publish(change: Publication): void {
    for (const listener of [...this.#listeners.get(addressKey(change)) ?? []]) {
      listener(change);
    }
  }

  /** Calls the listener on every change of one instance, until the returned function is called. */
  subscribe(type: string, id: string, listener: (change: Publication) => void): () => void {
    const key = addressKey({ type, id });
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) {
        this.#listeners.delete(key);
      }
    };
  }
}
