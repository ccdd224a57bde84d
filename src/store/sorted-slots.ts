const LARGEST_CHUNK = 512;
const SMALLEST_CHUNK = 128;

/**
 * Slots in the order of a comparison, kept in chunks so that one change moves a few hundred numbers at most:
 * the leaves of a B+ tree under a flat root.
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

  add(slot: number): void {
    this.#size++;
    const chunks = this.#chunks;
    const last = chunks[chunks.length - 1];
    if (last === undefined) {
      chunks.push([slot]);
      return;
    }
    // Slots mostly arrive in ascending order: no search is needed for those.
    const isLast = this.#compare(last[last.length - 1]!, slot) < 0;
    const [position, offset] = isLast
      ? [chunks.length - 1, last.length]
      : this.#find((other) => this.#compare(other, slot) < 0);
    const chunk = chunks[position]!;
    if (isLast) chunk.push(slot);
    else chunk.splice(offset, 0, slot);
    if (chunk.length > LARGEST_CHUNK) {
      // A full last chunk is left nearly full, because more of the same order tends to follow.
      chunks.splice(position + 1, 0, chunk.splice(isLast ? LARGEST_CHUNK - 1 : chunk.length >> 1));
    }
  }

  /** Removes a slot, which has to be there and still compare as it did when it was added. */
  delete(slot: number): void {
    const chunks = this.#chunks;
    const [position, offset] = this.#find((other) => this.#compare(other, slot) < 0);
    const chunk = chunks[position]!;
    chunk.splice(offset, 1);
    this.#size--;
    const next = chunks[position + 1];
    if (chunk.length === 0) chunks.splice(position, 1);
    else if (next !== undefined && chunk.length + next.length < SMALLEST_CHUNK) {
      chunks.splice(position, 2, chunk.concat(next));
    }
  }

  /** Adds many slots at once by sorting, which costs a fraction of adding them one by one. */
  merge(slots: readonly number[]): void {
    // Two sorted runs after another are what the engine's merge sort is best at.
    const all = this.slice(0, this.#size).concat([...slots].sort(this.#compare)).sort(
      this.#compare,
    );
    this.#size = all.length;
    this.#chunks = [];
    for (let start = 0; start < all.length; start += LARGEST_CHUNK >> 1) {
      this.#chunks.push(all.slice(start, start + (LARGEST_CHUNK >> 1)));
    }
  }

  /** How many slots `isBefore` holds for; it has to hold for a first part of them and for none of the rest. */
  countWhile(isBefore: (slot: number) => boolean): number {
    const [end, offset] = this.#find(isBefore);
    let count = offset;
    for (let position = 0; position < end; position++) count += this.#chunks[position]!.length;
    return count;
  }

  /** The slots from one rank up to another, in order. */
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

  /** Renames every slot; the order has to stay the same. */
  renumber(renumbered: readonly number[]): void {
    for (const chunk of this.#chunks) {
      for (let offset = 0; offset < chunk.length; offset++) {
        chunk[offset] = renumbered[chunk[offset]!]!;
      }
    }
  }

  /** The chunk and the offset in it of the first slot that `isBefore` does not hold for. */
  #find(isBefore: (slot: number) => boolean): [position: number, offset: number] {
    const chunks = this.#chunks;
    let low = 0;
    let high = chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const chunk = chunks[middle]!;
      if (isBefore(chunk[chunk.length - 1]!)) low = middle + 1;
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
