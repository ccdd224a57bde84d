/**
 * Returns the positions of a longest increasing subsequence, by patience sorting (M. L. Fredman, "On computing the
 * length of longest increasing subsequences", Discrete Mathematics 11, 1975). Negative numbers are left out.
 */
export function longestIncreasing(numbers: readonly number[]): Set<number> {
  const previous: number[] = [];
  // ends[n] is the position of the smallest number that ends an increasing run of n + 1 numbers.
  const ends: number[] = [];
  for (const [position, number] of numbers.entries()) {
    if (number < 0) continue;
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[ends[middle]!]! < number) low = middle + 1;
      else high = middle;
    }
    previous[position] = low > 0 ? ends[low - 1]! : -1;
    ends[low] = position;
  }
  const positions = new Set<number>();
  let position = ends.at(-1) ?? -1;
  while (position >= 0) {
    positions.add(position);
    position = previous[position]!;
  }
  return positions;
}
