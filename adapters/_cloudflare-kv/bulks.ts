import type { KvName } from "./binding.ts";

/** How many values KV reads at once. */
export const MAX_BULK_KEYS = 100;
/** What several values may take together that are read at once. */
const MAX_BULK_BYTES = 20_000_000;

/** The names in groups whose values can be read at once. */
export function* bulks(page: readonly KvName[], maxKeys: number): Generator<string[]> {
  let names: string[] = [];
  let bytes = 0;
  for (const { name, metadata } of page) {
    const size = isSized(metadata) ? metadata.bytes : MAX_BULK_BYTES;
    if (names.length > 0 && (names.length === maxKeys || bytes + size > MAX_BULK_BYTES)) {
      yield names;
      names = [];
      bytes = 0;
    }
    names.push(name);
    bytes += size;
  }
  if (names.length > 0) yield names;
}

/** What others have written is of unknown size, so that it is read alone. */
function isSized(metadata: unknown): metadata is { readonly bytes: number } {
  return typeof (metadata as { readonly bytes?: unknown } | null | undefined)?.bytes === "number";
}
