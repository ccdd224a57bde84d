const FIRST_PAGE = 50;
const LARGEST_PAGE = 5_000;
const PAGE_LENGTH = 2_000_000;

/**
 * How many entries to read next, so that a page takes about as much memory whatever the size of the entries.
 *
 * @param lengths How long the entries of the page before were, if there was one.
 */
export function nextPageSize(lengths?: readonly number[]): number {
  if (!lengths || lengths.length === 0) return FIRST_PAGE;
  const length = lengths.reduce((sum, each) => sum + each, 0);
  return Math.ceil(Math.min(LARGEST_PAGE, PAGE_LENGTH * lengths.length / Math.max(1, length)));
}
