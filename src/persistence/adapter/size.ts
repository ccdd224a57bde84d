import { describeCount, StorageLimitError } from "./errors.ts";

const encoder = new TextEncoder();
// Each character of ASCII is one byte.
const ascii = /^[\0-\x7f]*$/;

/** Returns how many bytes a text is in UTF-8. */
export function byteLength(text: string): number {
  return ascii.test(text) ? text.length : encoder.encode(text).length;
}

/** A part of an entry, and the place that is too small for it. */
export interface Misfit {
  /** What is measured, such as `"user/42"` or `"the key of user/42"`. */
  readonly what: string;
  /** What should hold it, such as `"a row"`. */
  readonly place: string;
  readonly limit: "value bytes" | "key bytes" | "metadata bytes";
  readonly allowed: number;
}

/** Returns whether a text has no more bytes than the backend allows. */
export function fits(text: string, allowed: number): boolean {
  // A code unit takes 3 bytes at most, so most texts need no counting.
  return text.length * 3 <= allowed || byteLength(text) <= allowed;
}

/** Returns the error for a text that does not fit. `adapter` is the adapter's name. */
export function tooLong(adapter: string, text: string, misfit: Misfit): StorageLimitError {
  const { what, place, limit, allowed } = misfit;
  const actual = byteLength(text);
  return new StorageLimitError(
    `Cannot commit to ${adapter}: ${what} is ${describeCount(actual)} bytes and ${place} holds ` +
      `${describeCount(allowed)}; ${limit === "value bytes" ? "split the document" : "shorten it"}`,
    { limit, allowed, actual },
  );
}
