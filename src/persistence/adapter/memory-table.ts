import type { Version } from "./adapter.ts";
import type { KeyRange } from "./base-adapter.ts";
import { compareKeys, sortEncodedKeys } from "./keys.ts";
import type { ValueKind } from "./value.ts";

/** One entry of a {@link MemoryTable}. */
export interface HeldEntry {
  readonly value: unknown;
  readonly kind: ValueKind;
  readonly metadata: unknown;
  readonly version: Version;
  /** When the entry is gone, in milliseconds since 1970. */
  readonly expires: number;
}

/** Keeps the entries of one type. */
export class MemoryTable {
  readonly #entries: Map<string, HeldEntry> = new Map();
  #encodedKeys: string[] = [];
  #sorted = true;
  #expiringUntilSweep = 1_000;

  /** How many entries there are, with those that have expired and were not dropped yet. */
  get size(): number {
    return this.#entries.size;
  }

  /** Returns an entry, unless it has expired. */
  get(encodedKey: string, now: number): HeldEntry | undefined {
    const held = this.#entries.get(encodedKey);
    return held && held.expires > now ? held : undefined;
  }

  /** Stores an entry, and at times drops those that have expired. */
  set(encodedKey: string, held: HeldEntry, now: number): void {
    if (!this.#entries.has(encodedKey)) this.#sorted = false;
    this.#entries.set(encodedKey, held);
    if (held.expires === Infinity || --this.#expiringUntilSweep > 0) return;
    this.#sweep(now);
  }

  /** Removes an entry, if there is one. */
  delete(encodedKey: string): void {
    if (this.#entries.delete(encodedKey)) this.#sorted = false;
  }

  /** Yields the encoded keys of a range as they are now; later writes do not show. */
  *encodedKeys({ after, reverse }: Pick<KeyRange, "after" | "reverse">): Generator<string> {
    const encodedKeys = this.#sortedKeys();
    const step = reverse ? -1 : 1;
    let index = reverse ? encodedKeys.length - 1 : 0;
    if (after !== undefined) {
      index = reverse ? lowerBound(encodedKeys, after) - 1 : upperBound(encodedKeys, after);
    }
    for (; index >= 0 && index < encodedKeys.length; index += step) yield encodedKeys[index]!;
  }

  /** Sorts when it is asked, so filling a table costs no sorting. */
  #sortedKeys(): readonly string[] {
    if (!this.#sorted) {
      this.#encodedKeys = sortEncodedKeys([...this.#entries.keys()]);
      this.#sorted = true;
    }
    return this.#encodedKeys;
  }

  /** Drops expired entries; the larger the table the rarer it runs, so a write costs the same on average. */
  #sweep(now: number): void {
    for (const [encodedKey, held] of this.#entries) {
      if (held.expires <= now) this.delete(encodedKey);
    }
    this.#expiringUntilSweep = Math.max(1_000, this.#entries.size);
  }
}

/** Returns the index of the first key that is not before this one. */
function lowerBound(encodedKeys: readonly string[], encodedKey: string): number {
  let [low, high] = [0, encodedKeys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(encodedKeys[middle]!, encodedKey) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the index of the first key that is after this one. */
function upperBound(encodedKeys: readonly string[], encodedKey: string): number {
  const index = lowerBound(encodedKeys, encodedKey);
  return encodedKeys[index] === encodedKey ? index + 1 : index;
}
