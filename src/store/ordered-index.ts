import type { IndexDefinition } from "./definition.ts";
import type { Document } from "./field.ts";
import { Index } from "./index.ts";
import { compare } from "./scalar.ts";
import { SortedSlots } from "./sorted-slots.ts";

/** Says whether an index value lies before (negative), in (zero) or after (positive) what is looked for. */
export type Locate = (value: unknown) => number;

/** Keeps documents in the order of one field, or of several; documents with equal values by primary key. */
export class OrderedIndex extends Index {
  /** By slot, what its document is sorted by: a value, or a list of them for several fields. */
  readonly #values: unknown[] = [];
  readonly #slots: SortedSlots;
  /** Slots that were added and not sorted yet: many are sorted at once when the order is first asked for. */
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

  /** For how many documents `isBefore` holds, which has to be so for a first part of them and none of the rest. */
  countWhile(isBefore: (value: unknown, slot: number) => boolean): number {
    this.catchUp();
    const values = this.#values;
    return this.#sorted().countWhile((slot) => isBefore(values[slot], slot));
  }

  /** The slots from one rank up to another, in order. */
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
