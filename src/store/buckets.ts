import { SortedSlots } from "./sorted-slots.ts";
import { ValueMap } from "./value-map.ts";

function ascending(a: number, b: number): number {
  return a - b;
}

/** Slots by value. A value that one document has, which is common, costs no list. */
export class Buckets {
  readonly #buckets = new ValueMap<number | SortedSlots>();

  add(value: unknown, slot: number): void {
    const bucket = this.#buckets.get(value);
    if (bucket === undefined) this.#buckets.set(value, slot);
    else if (typeof bucket !== "number") bucket.add(slot);
    else {
      const slots = new SortedSlots(ascending);
      slots.add(bucket);
      slots.add(slot);
      this.#buckets.set(value, slots);
    }
  }

  delete(value: unknown, slot: number): void {
    const bucket = this.#buckets.get(value);
    if (typeof bucket === "object" && bucket.size > 1) bucket.delete(slot);
    else this.#buckets.delete(value);
  }

  find(value: unknown): readonly number[] {
    const bucket = this.#buckets.get(value);
    if (bucket === undefined) return [];
    return typeof bucket === "number" ? [bucket] : bucket.slice(0, bucket.size);
  }

  count(value: unknown): number {
    const bucket = this.#buckets.get(value);
    return bucket === undefined ? 0 : typeof bucket === "number" ? 1 : bucket.size;
  }

  renumber(renumbered: readonly number[]): void {
    this.#buckets.replaceAll((bucket) => {
      if (typeof bucket === "number") return renumbered[bucket]!;
      bucket.renumber(renumbered);
      return bucket;
    });
  }
}
