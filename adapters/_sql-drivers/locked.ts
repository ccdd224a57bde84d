/**
 * Waiting for a database that another connection has locked. SQLite itself would wait in a call, and nothing else in the
 * process could run meanwhile.
 *
 * @module
 */
import { isPromise, type MaybePromise } from "../../src/persistence/adapter/maybe-promise.ts";
import { backoff, type Clock, pause } from "../../src/shared/clock.ts";

/** How long a call waits, in milliseconds. */
const patience = 5_000;

const pace = { minDelay: 2, maxDelay: 50, random: Math.random };

/** Returns whether a call failed because another connection has the database locked. */
export function isLocked(error: unknown): boolean {
  const { code, errcode, message } = Object(error) as {
    readonly code?: unknown;
    readonly errcode?: unknown;
    readonly message?: unknown;
  };
  if (typeof code === "string" && code.startsWith("SQLITE_")) return /^SQLITE_BUSY/.test(code);
  if (typeof errcode === "number") return (errcode & 255) === 5;
  return /^database is locked/.test(String(message));
}

/** Makes calls to a database once it is not locked: at once if that can be. */
export class Patience {
  readonly #clock: Clock;
  /** The last write that waits. */
  #last: Promise<unknown> | undefined;
  /** How long writes have waited, in milliseconds. */
  #waited = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Makes a call that no other waits for, such as a read. */
  whenUnlocked<Result>(call: () => Result): MaybePromise<Result> {
    let waited = 0;
    return this.#attempt(call, (milliseconds) => waited += milliseconds);
  }

  /** Makes a call that comes after all such calls before it. */
  inOrder<Result>(call: () => Result): MaybePromise<Result> {
    const start = this.#waited;
    const attempt = () => {
      return this.#attempt(call, (milliseconds) => {
        return (this.#waited += milliseconds) - start;
      });
    };
    const result = this.#last ? this.#last.then(attempt) : attempt();
    if (!isPromise(result)) return result;
    const last = result.then(ignore, ignore).then(() => {
      if (this.#last === last) this.#last = undefined;
    });
    this.#last = last;
    return result;
  }

  #attempt<Result>(
    call: () => Result,
    wait: (milliseconds: number) => number,
  ): MaybePromise<Result> {
    try {
      return call();
    } catch (error) {
      if (!isLocked(error)) throw error;
      return this.#retry(call, { wait, cause: error });
    }
  }

  /** `wait` notes how long was waited, and returns how long that is in all. */
  async #retry<Result>(
    call: () => Result,
    { wait, cause }: { readonly wait: (milliseconds: number) => number; cause: unknown },
  ): Promise<Result> {
    for (let failures = 1, waited = wait(0); waited < patience; failures++) {
      const milliseconds = Math.ceil(backoff(failures, pace));
      await pause(milliseconds, { clock: this.#clock });
      waited = wait(milliseconds);
      try {
        return call();
      } catch (error) {
        if (!isLocked(error)) throw error;
        cause = error;
      }
    }
    throw lockedError(cause);
  }
}

/** Returns the error for a call that has waited in vain. */
export function lockedError(cause: unknown): Error {
  return new Error(
    "Cannot use SQLite: another connection has the database locked; try again, and look for a " +
      "transaction that does not end",
    { cause },
  );
}

function ignore(): void {}
