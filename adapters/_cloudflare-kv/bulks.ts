import type { KvName } from "./binding.ts";
import { maxBulkBytes } from "./limits.ts";

/** Yields names in groups whose values can be read at once. */
export function* bulks(page: readonly KvName[], maxKeys: number): Generator<string[]> {
  let names: string[] = [];
  let bytes = 0;
  for (const { name, metadata } of page) {
    const size = isSized(metadata) ? metadata.bytes : maxBulkBytes;
    if (names.length > 0 && (names.length === maxKeys || bytes + size > maxBulkBytes)) {
      yield names;
      names = [];
      bytes = 0;
    }
    names.push(name);
    bytes += size;
  }
  if (names.length > 0) yield names;
}

/** Returns whether the size of a value is known; what others have written is read alone. */
function isSized(metadata: unknown): metadata is { readonly bytes: number } {
  return typeof (metadata as { readonly bytes?: unknown } | null | undefined)?.bytes === "number";
}
