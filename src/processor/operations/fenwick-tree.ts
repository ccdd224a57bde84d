/**
 * Counts in slots, with the sum up to any slot in logarithmic time (P. M. Fenwick, "A new data structure for cumulative
 * frequency tables", Software: Practice and Experience 24, 1994).
 */
export class FenwickTree {
  readonly #sums: Int32Array;

  /** Takes over the counts of the slots. */
  constructor(counts: Int32Array) {
    this.#sums = counts;
    for (let slot = 0; slot < counts.length; slot++) {
      const above = slot | (slot + 1);
      if (above < counts.length) counts[above]! += counts[slot]!;
    }
  }

  /** Adds to the count of a slot. */
  add(slot: number, count: number): void {
    for (let at = slot; at < this.#sums.length; at |= at + 1) this.#sums[at]! += count;
  }

  /** Returns the sum of the counts of a slot and all before it; 0 before the first. */
  sumTo(slot: number): number {
    let sum = 0;
    for (let at = slot; at >= 0; at = (at & (at + 1)) - 1) sum += this.#sums[at]!;
    return sum;
  }
}
