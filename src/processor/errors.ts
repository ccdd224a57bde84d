import { checkOptions } from "../shared/check-options.ts";
import * as kind from "../shared/kinds.ts";

/** Options of {@link NascError}. */
export interface NascErrorOptions extends ErrorOptions {
  /** What is wrong with each field of the payload, shown beside the field. */
  readonly fields?: Readonly<Record<string, string>>;
}

const argumentKinds: kind.Kinds<{ code: string; message: string; options: NascErrorOptions }> = {
  code: { ...kind.text, isRequired: true },
  message: { ...kind.text, isRequired: true },
  options: kind.optionsOf<NascErrorOptions>({
    fields: { ...kind.record, cure: "an object with a text for each field", each: kind.text },
    cause: kind.anything,
  }),
};

/**
 * An error for the person at the page: its code, message and fields are sent as they are. Any other error that a
 * handler throws is logged in full, and the page receives a generic message.
 *
 * @example Refuse an e-mail address
 * ```ts
 * import { NascError } from "rian";
 *
 * const User = {
 *   mount: () => ({ email: "" }),
 *   save_profile(payload: { email: string }, state: { email: string }) {
 *     if (!payload.email.includes("@")) {
 *       throw new NascError("invalid-email", "Please enter a valid e-mail address", {
 *         fields: { email: "Please enter a valid e-mail address" },
 *       });
 *     }
 *     return { ...state, email: payload.email };
 *   },
 * };
 * console.log(Object.keys(User));
 * ```
 */
export class NascError extends Error {
  /** Always `"NascError"`. */
  override readonly name = "NascError";
  /** A stable code for pages and tests to compare with, such as `"unknown-event"`. */
  readonly code: string;
  /** What is wrong with each field of the payload. */
  readonly fields: Readonly<Record<string, string>> | undefined;

  /**
   * Makes an error with a stable code and a sentence for people.
   *
   * @throws {TypeError} when an argument is not what it should be, or an option is misspelt.
   */
  constructor(code: string, message: string, options: NascErrorOptions = {}) {
    const checked = checkOptions("make a NascError", { code, message, options }, argumentKinds);
    super(message, options);
    this.code = code;
    this.fields = checked.options.fields;
  }
}

/** Returns the refusal to run an event again of which nobody knows whether it was committed. */
export function uncertainError(options?: ErrorOptions): NascError {
  const message = "This may have been saved or not; check before you repeat it";
  return new NascError("uncertain", message, options);
}

/** Returns the refusal of an event that was made on an instance that is no more. */
export function goneError(): NascError {
  return new NascError("gone", "This was deleted; nothing was changed");
}
