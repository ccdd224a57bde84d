import { StorageLimitError } from "./errors.ts";

const encoder = new TextEncoder();

/** How many bytes a text is in UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** A part of an entry, and what holds it. */
export interface Fit {
  /** What is measured, such as `"user/42"` or `"the key of user/42"`. */
  readonly what: string;
  /** What holds it, such as `"a row"`. */
  readonly place: string;
  readonly limit: "value bytes" | "key bytes" | "metadata bytes";
  readonly allowed: number;
}

/**
 * Refuses a text of more bytes than the backend allows.
 *
 * @param adapter The adapter's name.
 * @throws {StorageLimitError}
 */
export function assertFits(adapter: string, text: string, fit: Fit): void {
  const { what, place, limit, allowed } = fit;
  // No character takes more than 3 bytes a code unit, so that most texts need no counting.
  if (text.length * 3 <= allowed) return;
  const actual = byteLength(text);
  if (actual <= allowed) return;
  throw new StorageLimitError(
    `Cannot commit to ${adapter}: ${what} is ${format(actual)} bytes and ${place} holds ` +
      `${format(allowed)}; ${limit === "value bytes" ? "split the document" : "shorten it"}`,
    { limit, allowed, actual },
  );
}

function format(bytes: number): string {
  return bytes.toLocaleString("en-US");
}
