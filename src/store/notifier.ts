/** What an error handler receives besides the error. */
export interface ErrorContext {
  /** The collection whose observer failed, or `undefined` for a live query. */
  readonly collection: string | undefined;
}

/** Receives what observers and live queries throw, or reject with. */
export type ErrorHandler = (error: unknown, context: ErrorContext) => void;

/** Writes to the console what observers and live queries throw. */
export function reportToConsole(error: unknown, { collection }: ErrorContext): void {
  console.error(`An observer of ${collection ?? "a live query"} failed:`, error);
}

/**
 * Calls listeners one after the other: what comes up while a call runs waits its turn, so each of them hears everything
 * in the order in which it happened.
 */
export class Notifier {
  readonly #onError: ErrorHandler;
  #queue: (() => void)[] = [];

  constructor(onError: ErrorHandler) {
    this.#onError = onError;
  }

  /** Does this work, or leaves it to the call further up the stack that is already at work. */
  run(work: readonly (() => void)[]): void {
    const queue = this.#queue;
    const isRunning = queue.length > 0;
    for (const each of work) queue.push(each);
    if (isRunning) return;
    for (const each of queue) each();
    this.#queue = [];
  }

  /** Calls a listener, and reports what it throws or rejects with, so neither reaches the writer. */
  call(listener: () => unknown, collection?: string): void {
    try {
      const result = listener();
      if (result instanceof Promise) {
        result.catch((error: unknown) => this.#report(error, collection));
      }
    } catch (error) {
      this.#report(error, collection);
    }
  }

  /** Passes an error to the handler, and what the handler throws, or rejects with, to the console. */
  #report(error: unknown, collection?: string): void {
    const fail = (second: unknown) => reportToConsole(second, { collection });
    try {
      const result: unknown = this.#onError(error, { collection });
      if (result instanceof Promise) result.catch(fail);
    } catch (second) {
      fail(second);
    }
  }
}
