import type { Document } from "./field.ts";
import { Index } from "./index.ts";
import { SortedSlots } from "./sorted-slots.ts";
import { ValueMap } from "./value-map.ts";

/** The element of an empty array, under which `equals([])` finds it. */
export const emptyArray: unique symbol = Symbol();

/** Returns the elements of an array; any other value is its own only element. */
export function elementsOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) return [value];
  return value.length > 0 ? value : [emptyArray];
}

/** Finds documents by one value of a field, or by the elements of an array field. */
export class HashIndex extends Index {
  /** Slots by value. A value of one document only, the usual case, needs no list. */
  readonly #buckets = new ValueMap<number | SortedSlots>();

  find(value: unknown): number[] {
    this.catchUp();
    const bucket = this.#buckets.get(value);
    if (bucket === undefined) return [];
    return typeof bucket === "number" ? [bucket] : bucket.slice(0, bucket.size);
  }

  count(value: unknown): number {
    this.catchUp();
    const bucket = this.#buckets.get(value);
    return bucket === undefined ? 0 : typeof bucket === "number" ? 1 : bucket.size;
  }

  protected override insert(slot: number, document: Document): void {
    const value = this.definition.read(document);
    if (!Array.isArray(value)) this.#put(value, slot);
    else for (const element of elementsOf(value)) this.#put(element, slot);
  }

  protected override remove(slot: number, document: Document): void {
    for (const element of elementsOf(this.definition.read(document))) {
      const bucket = this.#buckets.get(element);
      if (typeof bucket === "object") bucket.delete(slot);
      if (bucket === slot || this.count(element) === 0) this.#buckets.delete(element);
    }
  }

  #put(element: unknown, slot: number): void {
    const bucket = this.#buckets.get(element);
    if (bucket === undefined) this.#buckets.set(element, slot);
    else if (typeof bucket === "object") bucket.add(slot);
    else {
      const slots = new SortedSlots((a, b) => a - b);
      slots.add(bucket);
      slots.add(slot);
      this.#buckets.set(element, slots);
    }
  }
}
