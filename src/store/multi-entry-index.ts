import { Buckets } from "./buckets.ts";
import type { IndexDefinition } from "./definition.ts";
import { assertIndexable, type Index } from "./index.ts";
import type { Document, Reader } from "./path.ts";
import { compare } from "./scalar.ts";
import { ValueMap } from "./value-map.ts";

/** What an index holds for an empty array, so that `equals([])` finds it. */
export const EMPTY: unique symbol = Symbol("empty");

/** The different elements of an array field; a value that is no array stands for itself. */
export function entriesOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) return [value];
  if (value.length === 0) return [EMPTY];
  if (value.length === 1) return value;
  const seen = new ValueMap<true>();
  return value.filter((entry) => {
    if (seen.has(entry)) return false;
    seen.set(entry, true);
    return true;
  });
}

/** Finds documents by the elements of an array field. */
export class MultiEntryIndex implements Index {
  readonly definition: IndexDefinition;
  readonly #read: Reader;
  readonly #buckets = new Buckets();

  constructor(definition: IndexDefinition) {
    this.definition = definition;
    this.#read = definition.readers[0]!;
  }

  check(_slot: number, document: Document): void {
    const value = this.#read(document);
    for (const entry of Array.isArray(value) ? value : [value]) {
      assertIndexable(this.definition, entry);
    }
  }

  insert(slot: number, document: Document): void {
    for (const entry of entriesOf(this.#read(document))) this.#buckets.add(entry, slot);
  }

  remove(slot: number, document: Document): void {
    for (const entry of entriesOf(this.#read(document))) this.#buckets.delete(entry, slot);
  }

  replace(slot: number, before: Document, after: Document): void {
    const old = this.#read(before);
    const value = this.#read(after);
    // An update shares what it did not change, so the same array means the same entries.
    if (old === value || sameEntries(old, value)) return;
    this.remove(slot, before);
    this.insert(slot, after);
  }

  find(value: unknown): readonly number[] {
    return this.#buckets.find(value);
  }

  count(value: unknown): number {
    return this.#buckets.count(value);
  }

  renumber(renumbered: readonly number[]): void {
    this.#buckets.renumber(renumbered);
  }
}

function sameEntries(a: unknown, b: unknown): boolean {
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length &&
    a.every((entry, position) => compare(entry, b[position]) === 0);
}
