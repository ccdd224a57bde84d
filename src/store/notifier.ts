/** What an error handler receives besides the error. */
export interface ErrorContext {
  /** The collection whose observer failed, or `undefined` for a live query. */
  readonly collection: string | undefined;
}

/** Receives what observers and live queries throw, or reject with. */
export type ErrorHandler = (error: unknown, context: ErrorContext) => void;

function reportToConsole(error: unknown, { collection }: ErrorContext): void {
  console.error(`An observer of ${collection ?? "a live query"} failed:`, error);
}

/**
 * Calls listeners one after the other: what comes up while a call runs waits its turn, so each of them hears everything
 * in the order in which it happened.
 */
export class Notifier {
  readonly #onError: ErrorHandler;
  #queue: (() => void)[] = [];
  #running = false;

  constructor(onError: ErrorHandler = reportToConsole) {
    this.#onError = onError;
  }

  /** Does this work, or leaves it to the call further up the stack that is already at work. */
  run(work: readonly (() => void)[]): void {
    if (this.#running) {
      for (const each of work) this.#queue.push(each);
      return;
    }
    this.#running = true;
    while (work.length > 0) {
      for (const each of work) each();
      work = this.#queue;
      if (work.length > 0) this.#queue = [];
    }
    this.#running = false;
  }

  /** Calls a listener, and reports what it throws or rejects with, so neither reaches the writer. */
  call(listener: () => unknown, collection?: string): void {
    try {
      const result = listener();
      if (result instanceof Promise) {
        result.catch((error: unknown) => this.report(error, collection));
      }
    } catch (error) {
      this.report(error, collection);
    }
  }

  /** Passes an error to the handler, and what the handler throws to the console. */
  report(error: unknown, collection?: string): void {
    try {
      this.#onError(error, { collection });
    } catch (second) {
      reportToConsole(second, { collection });
    }
  }
}
