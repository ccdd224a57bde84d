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
    this.#onError = (error, context) => {
      attempt(() => onError(error, context), (second) => reportToConsole(second, context));
    };
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
    attempt(listener, (error) => this.#onError(error, { collection }));
  }
}

/** Calls a function, and passes on what it throws or rejects with. */
function attempt(call: () => unknown, fail: (error: unknown) => void): void {
  try {
    const result = call();
    if (result instanceof Promise) result.catch(fail);
  } catch (error) {
    fail(error);
  }
}
