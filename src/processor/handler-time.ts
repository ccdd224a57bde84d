import type { Clock } from "../shared/clock.ts";
import { NascError } from "./errors.ts";
import type { Turn } from "./turns.ts";

/** In milliseconds: a call of the store that takes too long is given up before its turn is. */
const slack = 100;

/** Options of {@link HandlerTime}. Durations are in milliseconds. */
export interface HandlerTimeOptions {
  readonly clock: Clock;
  /** How long the handlers of the event may take, all attempts together. */
  readonly handlerTimeout: number;
  /** How long a call of the store may take. */
  readonly storageTimeout: number;
  /** The caller's own signal. */
  readonly signal: AbortSignal | undefined;
  /** Receives an error that does not end the event. */
  readonly report: (error: unknown) => void;
}

/**
 * The time that one event has for what the application runs in it: from the first call of a handler on, all attempts
 * together. When it is up, whatever still runs is given up, and nothing of the event is committed any more.
 */
export class HandlerTime {
  readonly #turn: Turn;
  readonly #options: HandlerTimeOptions;
  /** When the time is up, by the clock; `undefined` before the first call. */
  #end: number | undefined;
  /** Why handlers were given up, once they were. */
  #reason: DOMException | undefined;
  #refusal: NascError | undefined;
  #own: AbortController | undefined;
  #signal: AbortSignal | undefined;

  constructor(turn: Turn, options: HandlerTimeOptions) {
    this.#turn = turn;
    this.#options = options;
    this.#holdUntil(options.clock.now());
  }

  /** Aborts when the time is up, or when the caller's own signal does. */
  get signal(): AbortSignal {
    if (!this.#signal) {
      const { signal } = this.#options;
      this.#own = new AbortController();
      if (this.#reason) this.#own.abort(this.#reason);
      this.#signal = signal ? AbortSignal.any([signal, this.#own.signal]) : this.#own.signal;
    }
    return this.#signal;
  }

  /**
   * Calls what the application brings, and returns what it does. A promise that does not settle in time is given up:
   * what it resolves to is dropped, and what it rejects with is reported.
   *
   * @param name What is called, for the log.
   * @throws {NascError} `timeout`, and the promise rejects with it
   */
  limit<Result>(
    name: string,
    call: () => Result | PromiseLike<Result>,
  ): Result | PromiseLike<Result> {
    this.assertLeft(name);
    const result = call();
    if (this.#left === Infinity || !isPromise(result)) return result;
    return this.#inTime(name, result);
  }

  /**
   * Throws if the time is up. It begins with the first call.
   *
   * @param name What would be called, for the log.
   * @throws {NascError} `timeout`
   */
  assertLeft(name: string): void {
    const { clock, handlerTimeout } = this.#options;
    this.#end ??= clock.now() + handlerTimeout;
    this.#holdUntil(this.#end);
    if (this.#left <= 0) this.#giveUp(name);
    this.#assertHeld();
  }

  /**
   * Throws if the event may not be committed: it was given up, or another has taken its turn.
   *
   * @throws {NascError} `timeout`
   */
  assertCommittable(): void {
    this.#assertHeld();
    // A handler that blocked the process may have ended late, and its commit takes time of its own.
    this.#holdUntil(Math.max(this.#end ?? 0, this.#options.clock.now()));
  }

  #assertHeld(): void {
    if (this.#reason || this.#turn.isLost) throw this.#refuse();
  }

  get #left(): number {
    return this.#end! - this.#options.clock.now();
  }

  #inTime<Result>(name: string, promise: PromiseLike<Result>): Promise<Result> {
    const { clock, report } = this.#options;
    return new Promise((resolve, reject) => {
      let isGivenUp = false;
      const timer = clock.setTimeout(() => {
        isGivenUp = true;
        this.#giveUp(name);
        reject(this.#refuse());
      }, this.#left);
      promise.then((result) => {
        clock.clearTimeout(timer);
        resolve(result);
      }, (error) => {
        clock.clearTimeout(timer);
        if (isGivenUp && !this.#isOwn(error)) report(error);
        reject(error);
      });
    });
  }

  #giveUp(name: string): void {
    if (this.#reason) return;
    const { handlerTimeout, report } = this.#options;
    this.#reason = new DOMException(
      `Cannot finish ${name}: it took longer than ${handlerTimeout} ms; pass context.signal to what it waits for, ` +
        "or raise handlerTimeout if it is that slow",
      "TimeoutError",
    );
    report(this.#reason);
    this.#own?.abort(this.#reason);
  }

  /** Returns the one error that all of the event receive. */
  #refuse(): NascError {
    return this.#refusal ??= new NascError(
      "timeout",
      "This took too long, and nothing was changed; it is safe to send this again",
    );
  }

  /** Returns whether a handler failed since it was given up, so there is nothing to report. */
  #isOwn(error: unknown): boolean {
    const { cause } = Object(error) as { readonly cause?: unknown };
    const own: readonly unknown[] = [this.#refusal, this.#reason];
    return own.includes(error) || cause !== undefined && own.includes(cause);
  }

  /** Holds the turn until a call of the store has ended that begins by this time. */
  #holdUntil(time: number): void {
    this.#turn.until = time + this.#options.storageTimeout + slack;
  }
}

function isPromise<Result>(value: Result | PromiseLike<Result>): value is PromiseLike<Result> {
  return typeof (value as PromiseLike<Result> | null | undefined)?.then === "function";
}
