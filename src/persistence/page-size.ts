const FIRST_PAGE = 50;
const LARGEST_PAGE = 5_000;
const PAGE_LENGTH = 2_000_000;

/**
 * How many entries to read next, so that a page takes about as much memory whatever the size of the entries.
 *
 * @param last The stored texts of the page before, if there was one.
 */
export function nextPageSize(last?: readonly string[]): number {
  if (!last || last.length === 0) return FIRST_PAGE;
  const length = last.reduce((sum, text) => sum + text.length, 0);
  return Math.ceil(Math.min(LARGEST_PAGE, PAGE_LENGTH * last.length / Math.max(1, length)));
}
