import type { Version } from "./adapter.ts";
import type { KeyRange } from "./base-adapter.ts";
import { compareKeys, sortEncodedKeys } from "./keys.ts";

/** One entry of a {@link MemoryTable}. */
export interface HeldEntry {
  readonly value: unknown;
  readonly metadata: unknown;
  readonly version: Version;
  /** When the row is gone, in milliseconds since 1970. */
  readonly expires: number;
}

/** The rows of one type. */
export class MemoryTable {
  readonly #entries: Map<string, HeldEntry> = new Map();
  #encodedKeys: string[] = [];
  #sorted = true;
  #expiringUntilSweep = 1_000;

  /** How many rows there are, with those that have expired and were not dropped yet. */
  get size(): number {
    return this.#entries.size;
  }

  get(encodedKey: string, now: number): HeldEntry | undefined {
    const held = this.#entries.get(encodedKey);
    return held && held.expires > now ? held : undefined;
  }

  set(encodedKey: string, held: HeldEntry, now: number): void {
    if (!this.#entries.has(encodedKey)) this.#sorted = false;
    this.#entries.set(encodedKey, held);
    if (held.expires === Infinity || --this.#expiringUntilSweep > 0) return;
    this.#sweep(now);
  }

  delete(encodedKey: string): void {
    if (this.#entries.delete(encodedKey)) this.#sorted = false;
  }

  /** The ids of a range as they are now; later writes do not show. */
  *encodedKeys({ after, reverse }: Pick<KeyRange, "after" | "reverse">): Generator<string> {
    const encodedKeys = this.#sortedKeys();
    const step = reverse ? -1 : 1;
    let index = reverse ? encodedKeys.length - 1 : 0;
    if (after !== undefined) {
      index = reverse ? lowerBound(encodedKeys, after) - 1 : upperBound(encodedKeys, after);
    }
    for (; index >= 0 && index < encodedKeys.length; index += step) yield encodedKeys[index]!;
  }

  /** Sorted when asked for, so that filling a table costs no sorting. */
  #sortedKeys(): readonly string[] {
    if (!this.#sorted) {
      this.#encodedKeys = sortEncodedKeys([...this.#entries.keys()]);
      this.#sorted = true;
    }
    return this.#encodedKeys;
  }

  /** Drops expired rows; as rare as the table is large, so that a write costs the same on average. */
  #sweep(now: number): void {
    for (const [encodedKey, held] of this.#entries) {
      if (held.expires <= now) this.delete(encodedKey);
    }
    this.#expiringUntilSweep = Math.max(1_000, this.#entries.size);
  }
}

/** The index of the first id that is not before this one. */
function lowerBound(encodedKeys: readonly string[], encodedKey: string): number {
  let [low, high] = [0, encodedKeys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(encodedKeys[middle]!, encodedKey) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the first id that is after this one. */
function upperBound(encodedKeys: readonly string[], encodedKey: string): number {
  const index = lowerBound(encodedKeys, encodedKey);
  return encodedKeys[index] === encodedKey ? index + 1 : index;
}
