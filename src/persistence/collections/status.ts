import { equal } from "../../shared/equal.ts";
import { guarded } from "./guarded.ts";

/**
 * What persistence is doing, in this order: documents are being read; everything is stored; changes wait; changes are
 * being written; storage does not take them; storage was cleared, and nothing is written to it any more; persistence
 * has been closed.
 */
export type PersistenceStatus =
  | "hydrating"
  | "saved"
  | "dirty"
  | "saving"
  | "failing"
  | "cleared"
  | "closed";

/** The state that a "saved" label shows. It is frozen, and the same object until something changes. */
export interface PersistenceState {
  /** What persistence is doing. */
  readonly status: PersistenceStatus;
  /** How many documents waited for storage when the status last changed. */
  readonly pending: number;
  /** How many of them would be lost if the page went away, as the journal does not hold their newest state. */
  readonly exposed: number;
  /** When storage last acknowledged a commit, in milliseconds since 1970. */
  readonly lastSaved: number | undefined;
}

/** Keeps the state, and calls listeners when it changes. */
export class StateSignal {
  readonly #listeners: Set<(state: PersistenceState) => void> = new Set();
  readonly #onError: (error: unknown) => void;
  #state: PersistenceState = Object.freeze({
    status: "hydrating",
    pending: 0,
    exposed: 0,
    lastSaved: undefined,
  });

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** The current state. */
  get current(): PersistenceState {
    return this.#state;
  }

  /** Calls the listener now and with every new state, until the returned function is called. */
  subscribe(listener: (state: PersistenceState) => void): () => void {
    // With a wrapper for each call, one function can listen twice and be removed once.
    const own = (state: PersistenceState) => listener(state);
    this.#listeners.add(own);
    this.#notify(own);
    return () => this.#listeners.delete(own);
  }

  /** Calls the listeners if something is new. */
  set(next: PersistenceState): void {
    if (equal(next, this.#state)) return;
    this.#state = Object.freeze(next);
    for (const listener of [...this.#listeners]) this.#notify(listener);
  }

  #notify(listener: (state: PersistenceState) => void): void {
    guarded(() => listener(this.#state), this.#onError);
  }
}
