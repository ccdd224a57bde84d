import { StorageLimitError } from "./errors.ts";

const encoder = new TextEncoder();

/** How many bytes a text is in UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/**
 * Refuses a stored text that is larger than the backend allows.
 *
 * @param place What holds so much, such as `"a row"`.
 * @throws {StorageLimitError}
 */
export function assertValueFits(
  text: string,
  { adapter, entry, place, allowed }: {
    readonly adapter: string;
    readonly entry: string;
    readonly place: string;
    readonly allowed: number;
  },
): void {
  // No character takes more than 3 bytes a code unit, so that most texts need no counting.
  if (text.length * 3 <= allowed) return;
  const actual = byteLength(text);
  if (actual <= allowed) return;
  throw new StorageLimitError(
    `Cannot commit to ${adapter}: ${entry} is ${format(actual)} bytes and ${place} holds ` +
      `${format(allowed)}; split the document`,
    { limit: "value bytes", allowed, actual },
  );
}

function format(bytes: number): string {
  return bytes.toLocaleString("en-US");
}
