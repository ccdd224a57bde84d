import type { IndexDefinition } from "./definition.ts";
import type { Document } from "./field.ts";
import { Index } from "./index.ts";
import { compare } from "./scalar.ts";
import { SortedSlots } from "./sorted-slots.ts";

/** Returns a negative number, zero or a positive one for a value before, in or after what is looked for. */
export type Locate = (value: unknown) => number;

/** Keeps documents in the order of one field, or of several; documents with equal values by primary key. */
export class OrderedIndex extends Index {
  /** What the documents are sorted by, by slot: a value, or a list of them for several fields. */
  readonly #values: unknown[] = [];
  readonly #slots: SortedSlots;
  /** Slots that are not sorted yet: many are sorted at once when the order is next needed. */
  #pending: number[] = [];

  constructor(definition: IndexDefinition, documents: readonly (Document | undefined)[]) {
    super(definition, documents);
    const { compare: compareValues, primaryKey } = definition;
    const values = this.#values;
    this.#slots = new SortedSlots((a, b) =>
      compareValues(values[a], values[b]) ||
      compare(documents[a]![primaryKey], documents[b]![primaryKey])
    );
  }

  find(value: unknown): number[] {
    return this.slice(...this.#rangeOf(value)).sort((a, b) => a - b);
  }

  count(value: unknown): number {
    const [from, to] = this.#rangeOf(value);
    return to - from;
  }

  protected override insert(slot: number, document: Document): void {
    this.#values[slot] = this.definition.read(document);
    this.#pending.push(slot);
  }

  protected override remove(slot: number): void {
    this.#sorted().delete(slot);
    this.#values[slot] = undefined;
  }

  /** Counts the documents that `isBefore` holds for, which have to come before all others. */
  countWhile(isBefore: (value: unknown, slot: number) => boolean): number {
    this.catchUp();
    const values = this.#values;
    return this.#sorted().countWhile((slot) => isBefore(values[slot], slot));
  }

  /** Returns the slots from one rank up to another, in order. */
  slice(from: number, to: number): number[] {
    this.catchUp();
    return this.#sorted().slice(from, to);
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
    const { compare } = this.definition;
    return [
      this.countWhile((own) => compare(own, value) < 0),
      this.countWhile((own) => compare(own, value) <= 0),
    ];
  }
}
