const maxChunkSize = 512;

/**
 * Keeps slots in the order of a comparison, in chunks, so a change moves a few hundred numbers at most: the leaves of a
 * B+ tree under a flat root.
 */
export class SortedSlots {
  readonly #compare: (a: number, b: number) => number;
  #chunks: number[][] = [];
  #size = 0;

  constructor(compare: (a: number, b: number) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a slot, unless it is there already. */
  add(slot: number): void {
    const chunks = this.#chunks;
    const [position, offset] = this.#find((other) => this.#compare(other, slot) < 0);
    const chunk = chunks[position] ??= [];
    if (chunk[offset] === slot) return;
    if (offset === chunk.length) chunk.push(slot);
    else chunk.splice(offset, 0, slot);
    this.#size++;
    if (chunk.length > maxChunkSize) {
      // Slots that arrive in order leave full chunks behind, because more in that order tend to follow.
      const middle = offset === maxChunkSize ? offset : maxChunkSize >> 1;
      chunks.splice(position + 1, 0, chunk.splice(middle));
    }
  }

  /** Removes a slot if it is there; it must compare as it did when it was added. */
  delete(slot: number): void {
    const [position, offset] = this.#find((other) => this.#compare(other, slot) < 0);
    const chunk = this.#chunks[position] ?? [];
    if (chunk[offset] !== slot) return;
    chunk.splice(offset, 1);
    this.#size--;
    if (chunk.length === 0) this.#chunks.splice(position, 1);
  }

  /** Adds many slots at once by sorting, which costs a fraction of adding them one by one. */
  merge(slots: readonly number[]): void {
    // The engine's merge sort is at its best with two sorted runs, one after the other.
    const all = [...this.slice(0, this.#size), ...slots.toSorted(this.#compare)];
    all.sort(this.#compare);
    this.#size = all.length;
    this.#chunks = [];
    for (let start = 0; start < all.length; start += maxChunkSize >> 1) {
      this.#chunks.push(all.slice(start, start + (maxChunkSize >> 1)));
    }
  }

  /** Counts the slots that `isBefore` holds for, which have to come before all others. */
  countWhile(isBefore: (slot: number) => boolean): number {
    const [end, offset] = this.#find(isBefore);
    let count = offset;
    for (let position = 0; position < end; position++) count += this.#chunks[position]!.length;
    return count;
  }

  /** Returns the slots from one rank up to another, in order. */
  slice(from: number, to: number): number[] {
    const parts: number[][] = [];
    let start = 0;
    for (const chunk of this.#chunks) {
      if (start >= to) break;
      const end = start + chunk.length;
      if (start >= from && end <= to) parts.push(chunk);
      else if (end > from) parts.push(chunk.slice(Math.max(0, from - start), to - start));
      start = end;
    }
    return ([] as number[]).concat(...parts);
  }

  /** Returns the chunk of the first slot that `isBefore` does not hold for, and the offset in it; or the end of all. */
  #find(isBefore: (slot: number) => boolean): [position: number, offset: number] {
    const chunks = this.#chunks;
    let low = 0;
    let high = Math.max(0, chunks.length - 1);
    const last = chunks[high] ?? [];
    // Slots mostly arrive in order, and need no search.
    if (last.length > 0 && isBefore(last.at(-1)!)) return [high, last.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(chunks[middle]!.at(-1)!)) low = middle + 1;
      else high = middle;
    }
    const chunk = chunks[low] ?? [];
    let offset = 0;
    high = chunk.length;
    while (offset < high) {
      const middle = (offset + high) >> 1;
      if (isBefore(chunk[middle]!)) offset = middle + 1;
      else high = middle;
    }
    return [low, offset];
  }
}
