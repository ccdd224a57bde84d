import type { IndexDefinition } from "./definition.ts";
import { assertIndexable, assertUnique, type Index } from "./index.ts";
import type { Document } from "./path.ts";
import { compare } from "./scalar.ts";
import { SortedSlots } from "./sorted-slots.ts";

/** Says whether an index value lies before (negative), in (zero) or after (positive) what is looked for. */
export type Locate = (value: unknown) => number;

/** Orders two lists of values by the first that differs, over the length of the shorter list. */
export function compareLists(a: unknown, b: unknown): number {
  const left = a as readonly unknown[];
  const right = b as readonly unknown[];
  const length = Math.min(left.length, right.length);
  for (let position = 0; position < length; position++) {
    const order = compare(left[position], right[position]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Keeps documents in the order of one field, or of several; documents with equal values by primary key. */
export class OrderedIndex implements Index {
  readonly definition: IndexDefinition;
  readonly #keyOf: (slot: number) => unknown;
  readonly #compareValues: (a: unknown, b: unknown) => number;
  /** By slot, what its document is sorted by: a value, or a list of them for several fields. */
  readonly #values: unknown[] = [];
  readonly #slots: SortedSlots;
  /** Slots that were added and not sorted yet: many are sorted at once when the order is first asked for. */
  #pending: number[] = [];

  constructor(definition: IndexDefinition, keyOf: (slot: number) => unknown) {
    this.definition = definition;
    this.#keyOf = keyOf;
    this.#compareValues = definition.paths.length > 1 ? compareLists : compare;
    this.#slots = new SortedSlots((a, b) => this.#compareSlots(a, b));
  }

  check(slot: number, document: Document): void {
    const values = this.definition.readers.map((read) => read(document));
    for (const value of values) assertIndexable(this.definition, value);
    if (!this.definition.unique || values.some((value) => value === undefined || value === null)) {
      return;
    }
    assertUnique(this.definition, this.find(values.length > 1 ? values : values[0]), slot);
  }

  insert(slot: number, document: Document): void {
    this.#values[slot] = this.#valueOf(document);
    this.#pending.push(slot);
  }

  remove(slot: number): void {
    this.#sorted().delete(slot);
    this.#values[slot] = undefined;
  }

  replace(slot: number, _before: Document, after: Document): void {
    const value = this.#valueOf(after);
    if (this.#compareValues(this.#values[slot], value) === 0) return;
    this.#sorted().delete(slot);
    this.#values[slot] = value;
    this.#pending.push(slot);
  }

  find(value: unknown): readonly number[] {
    const [from, to] = this.#rangeOf(value);
    return this.#slots.slice(from, to).sort((a, b) => a - b);
  }

  count(value: unknown): number {
    const [from, to] = this.#rangeOf(value);
    return to - from;
  }

  /** For how many documents `isBefore` holds, which has to be so for a first part of them and none of the rest. */
  countWhile(isBefore: (value: unknown, slot: number) => boolean): number {
    const values = this.#values;
    return this.#sorted().countWhile((slot) => isBefore(values[slot], slot));
  }

  get size(): number {
    return this.#sorted().size;
  }

  /** The slots from one rank up to another, in order. */
  slice(from: number, to: number): number[] {
    return this.#sorted().slice(from, to);
  }

  renumber(renumbered: readonly number[]): void {
    this.#sorted().renumber(renumbered);
    const values = this.#values.slice();
    this.#values.length = 0;
    for (const [slot, moved] of renumbered.entries()) {
      if (moved >= 0) this.#values[moved] = values[slot];
    }
  }

  #sorted(): SortedSlots {
    const pending = this.#pending;
    if (pending.length > 0) {
      this.#pending = [];
      // Below an eighth of the whole, adding one by one beats sorting everything again.
      if (pending.length * 8 > this.#slots.size) this.#slots.merge(pending);
      else for (const slot of pending) this.#slots.add(slot);
    }
    return this.#slots;
  }

  #rangeOf(value: unknown): [from: number, to: number] {
    return [
      this.countWhile((own) => this.#compareValues(own, value) < 0),
      this.countWhile((own) => this.#compareValues(own, value) <= 0),
    ];
  }

  #valueOf(document: Document): unknown {
    const readers = this.definition.readers;
    return readers.length > 1 ? readers.map((read) => read(document)) : readers[0]!(document);
  }

  #compareSlots(a: number, b: number): number {
    const order = this.#compareValues(this.#values[a], this.#values[b]);
    return order !== 0 ? order : compare(this.#keyOf(a), this.#keyOf(b));
  }
}
