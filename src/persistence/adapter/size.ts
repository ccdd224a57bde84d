import { byteLength } from "../../shared/byte-length.ts";
import { describeCount } from "../../shared/describe.ts";
import { StorageLimitError } from "./errors.ts";

/** A part of an entry, and the place that is too small for it. */
export interface Misfit {
  /** What is measured, such as `"user/42"` or `"the key of user/42"`. */
  readonly what: string;
  /** What should hold it, such as `"an entry"`. */
  readonly place: string;
  readonly limit: "value bytes" | "key bytes" | "metadata bytes";
  readonly allowed: number;
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
