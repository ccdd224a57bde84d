import { guarded } from "./guarded.ts";
import type { PersistErrorContext, PersistOptions } from "./options.ts";

/** Reports errors to the user and calls their listeners; nothing that goes wrong there gets any further. */
export class Reporter {
  readonly #storageName: string;
  readonly #onError: PersistOptions["onError"];

  constructor(storageName: string, onError: PersistOptions["onError"]) {
    this.#storageName = storageName;
    this.#onError = onError;
  }

  /** Passes an error to `onError`, or to the console when there is none. */
  report(error: unknown, context: PersistErrorContext = {}): void {
    const onError = this.#onError;
    if (onError === undefined) {
      return console.error(`Persistence to ${this.#storageName} failed:`, error);
    }
    guarded(() => onError(error, context), (second) => {
      console.error("The onError of persist failed:", second, "while handling:", error);
    });
  }

  /** Calls one of the user's listeners; what it throws, or rejects with, is reported. */
  notify<T>(listener: ((argument: T) => void) | undefined, argument: T): void {
    guarded(() => listener?.(argument), (error) => this.report(error));
  }
}
