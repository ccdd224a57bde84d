/** How many entries to ask for while nothing is known of their sizes. */
export const firstPageSize = 50;
const largestPageSize = 5_000;
/** About how many bytes a page has. */
export const pageLength = 2_000_000;

/**
 * Returns how many entries to read next, so a page takes about as much memory whatever the size of the entries.
 *
 * @param lengths The lengths of the entries of the page before.
 */
export function nextPageSize(lengths: readonly number[]): number {
  const length = lengths.reduce((sum, each) => sum + each, 0);
  return Math.ceil(Math.min(largestPageSize, pageLength * lengths.length / Math.max(1, length)));
}

/** Yields items that are all known already, a page at a time; no page is larger than `limit`. */
export function* inPages<Item>(items: Iterable<Item>, limit: number): Generator<Item[]> {
  let page: Item[] = [];
  for (const item of items) {
    if (page.push(item) < Math.min(limit, firstPageSize)) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
