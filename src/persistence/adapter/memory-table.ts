import type { Version } from "./adapter.ts";
import type { Range } from "./base-adapter.ts";
import { compareKeys, sortIds } from "./keys.ts";

/** One entry of a {@link MemoryTable}. */
export interface Row {
  readonly value: unknown;
  readonly metadata: unknown;
  readonly version: Version;
  /** When the row is gone, in milliseconds since 1970. */
  readonly expires: number;
}

/** The rows of one type. */
export class MemoryTable {
  readonly #rows: Map<string, Row> = new Map();
  #ids: string[] = [];
  #sorted = true;
  #expiringUntilSweep = 1_000;

  /** How many rows there are, with those that have expired and were not dropped yet. */
  get size(): number {
    return this.#rows.size;
  }

  get(id: string, now: number): Row | undefined {
    const row = this.#rows.get(id);
    return row && row.expires > now ? row : undefined;
  }

  set(id: string, row: Row, now: number): void {
    if (!this.#rows.has(id)) this.#sorted = false;
    this.#rows.set(id, row);
    if (row.expires === Infinity || --this.#expiringUntilSweep > 0) return;
    this.#sweep(now);
  }

  delete(id: string): void {
    if (this.#rows.delete(id)) this.#sorted = false;
  }

  /** The ids of a range as they are now; later writes do not show. */
  *ids({ after, reverse }: Pick<Range, "after" | "reverse">): Generator<string> {
    const ids = this.#sortedIds();
    const step = reverse ? -1 : 1;
    let index = reverse ? ids.length - 1 : 0;
    if (after !== undefined) index = reverse ? lowerBound(ids, after) - 1 : upperBound(ids, after);
    for (; index >= 0 && index < ids.length; index += step) yield ids[index]!;
  }

  /** Sorted when asked for, so that filling a table costs no sorting. */
  #sortedIds(): readonly string[] {
    if (!this.#sorted) {
      this.#ids = sortIds([...this.#rows.keys()]);
      this.#sorted = true;
    }
    return this.#ids;
  }

  /** Drops expired rows; as rare as the table is large, so that a write costs the same on average. */
  #sweep(now: number): void {
    for (const [id, row] of this.#rows) {
      if (row.expires <= now) this.delete(id);
    }
    this.#expiringUntilSweep = Math.max(1_000, this.#rows.size);
  }
}

/** The index of the first id that is not before this one. */
function lowerBound(ids: readonly string[], id: string): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(ids[middle]!, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the first id that is after this one. */
function upperBound(ids: readonly string[], id: string): number {
  const index = lowerBound(ids, id);
  return ids[index] === id ? index + 1 : index;
}
