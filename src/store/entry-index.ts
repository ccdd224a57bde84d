import type { Document } from "./field.ts";
import { Index } from "./index.ts";
import { SortedSlots } from "./sorted-slots.ts";
import { ValueMap } from "./value-map.ts";

/** The entry of an empty array, under which `equals([])` finds it. */
export const emptyArray: unique symbol = Symbol("empty");

/** Returns the entries of a field: the elements of an array, or any other value itself. */
export function entriesOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) return [value];
  return value.length > 0 ? value : [emptyArray];
}

/** Finds documents by one value of a field, or by the elements of an array field. */
export class EntryIndex extends Index {
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
    else for (const entry of entriesOf(value)) this.#put(entry, slot);
  }

  protected override remove(slot: number, document: Document): void {
    for (const entry of entriesOf(this.definition.read(document))) {
      const bucket = this.#buckets.get(entry);
      if (typeof bucket === "object") bucket.delete(slot);
      if (bucket === slot || this.count(entry) === 0) this.#buckets.delete(entry);
    }
  }

  #put(entry: unknown, slot: number): void {
    const bucket = this.#buckets.get(entry);
    if (bucket === undefined) this.#buckets.set(entry, slot);
    else if (typeof bucket === "object") bucket.add(slot);
    else {
      const slots = new SortedSlots((a, b) => a - b);
      slots.add(bucket);
      slots.add(slot);
      this.#buckets.set(entry, slots);
    }
  }
}
