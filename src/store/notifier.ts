/** What an error handler is told beside the error. */
export interface ErrorContext {
  /** The collection whose change was being told, or `undefined` for a live query. */
  readonly collection: string | undefined;
}

/** Receives what observers and live queries throw, or reject with. */
export type ErrorHandler = (error: unknown, context: ErrorContext) => void;

function reportToConsole(error: unknown, { collection }: ErrorContext): void {
  console.error(`An observer of ${collection ?? "a live query"} failed:`, error);
}

/**
 * Calls those who want to hear of changes, one after the other: what is announced while a call runs waits its
 * turn, so that everyone hears everything in the order in which it happened.
 */
export class Notifier {
  readonly #onError: ErrorHandler;
  #queue: (() => void)[] = [];
  #running = false;

  constructor(onError: ErrorHandler = reportToConsole) {
    this.#onError = onError;
  }

  /** Does this work, or has it done by whoever is at that already, further up the stack. */
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

  /** Calls a listener so that neither an exception nor a rejection of it reaches the writer. */
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

  /** Hands an error to the handler, and to the console where the handler fails as well. */
  report(error: unknown, collection?: string): void {
    try {
      this.#onError(error, { collection });
    } catch (second) {
      reportToConsole(second, { collection });
    }
  }
}
