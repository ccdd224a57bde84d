import { describeCount, StorageLimitError } from "./errors.ts";

const encoder = new TextEncoder();
// Each character of ASCII is a byte.
const ascii = /^[\0-\x7f]*$/;

/** How many bytes a text is in UTF-8. */
export function byteLength(text: string): number {
  return ascii.test(text) ? text.length : encoder.encode(text).length;
}

/** A part of an entry, and what should hold it. */
export interface Misfit {
  /** What is measured, such as `"user/42"` or `"the key of user/42"`. */
  readonly what: string;
  /** What holds it, such as `"a row"`. */
  readonly place: string;
  readonly limit: "value bytes" | "key bytes" | "metadata bytes";
  readonly allowed: number;
}

/** Whether a text is of no more bytes than the backend allows. */
export function fits(text: string, allowed: number): boolean {
  // No character takes more than 3 bytes a code unit, so that most texts need no counting.
  return text.length * 3 <= allowed || byteLength(text) <= allowed;
}

/** What to throw when a text does not fit. `adapter` is the adapter's name. */
export function tooLong(adapter: string, text: string, misfit: Misfit): StorageLimitError {
  const { what, place, limit, allowed } = misfit;
  const actual = byteLength(text);
  return new StorageLimitError(
    `Cannot commit to ${adapter}: ${what} is ${describeCount(actual)} bytes and ${place} holds ` +
      `${describeCount(allowed)}; ${limit === "value bytes" ? "split the document" : "shorten it"}`,
    { limit, allowed, actual },
  );
}
