import type { PersistenceState, PersistenceStatus } from "./status.ts";

/** The handle that `persist` returns: what is saved, and ways to finish. Its functions may be passed on by themselves. */
export interface Persistence extends AsyncDisposable {
  /** What persistence is doing. */
  readonly status: PersistenceStatus;
  /** How many documents have changes that storage has not acknowledged. */
  readonly pending: number;
  /**
   * How many documents have a newest state that neither storage nor the journal of the page holds: it is lost if the
   * page goes away now. Without a journal it is the same as {@link pending}.
   */
  readonly exposed: number;
  /** When storage last acknowledged a commit, in milliseconds since 1970. */
  readonly lastSaved: number | undefined;
  /** Returns the state as one object, the same until it changes (for React's `useSyncExternalStore`). */
  readonly getSnapshot: () => PersistenceState;
  /**
   * Calls the listener at once and whenever the status changes or a commit ends, until the returned function is
   * called (Svelte's store contract).
   */
  readonly subscribe: (listener: (state: PersistenceState) => void) => () => void;
  /**
   * Writes at once, and resolves when storage holds everything that was changed before the call.
   *
   * @throws {Error} when storage has not taken all of it after `retry.attempts`; `cause` says why. Changes that are
   * kept are still tried again. Also when storage was cleared, and nothing is written to it any more.
   */
  readonly flush: () => Promise<void>;
  /**
   * Empties the journal, also of what other pages have noted in it, and has nothing noted any more by this `persist` call
   * and the others of the page: before a log-out, so the next one at the machine does not get what is not stored yet.
   * Storage and memory stay as they are.
   */
  readonly forget: () => void;
  /**
   * Writes what is pending, and stops following.
   *
   * @throws {Error} as `flush` does, but not if the status was `"cleared"` already; it has stopped all the same.
   */
  readonly close: () => Promise<void>;
  /** Does what {@link close} does, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}
