import type { CollectionDefinition } from "./definition.ts";
import { freeze } from "./freeze.ts";
import { HashIndex } from "./hash-index.ts";
import type { Index } from "./index.ts";
import { MultiEntryIndex } from "./multi-entry-index.ts";
import { OrderedIndex } from "./ordered-index.ts";
import type { Document } from "./path.ts";
import { compare } from "./scalar.ts";
import { ValueMap } from "./value-map.ts";

/**
 * The documents of a collection and their indexes.
 *
 * A document stands in a numbered slot for as long as it lives. New slots come last, so the order of the slots
 * is the order in which documents were added, and undoing a deletion finds the slot still free.
 */
export class Table {
  readonly indexes: readonly Index[];
  readonly #primaryKey: string;
  readonly #slots = new ValueMap<number>();
  #documents: (Document | undefined)[] = [];
  /** By slot, whether its document has been frozen, which happens when it is first read. */
  #frozen: boolean[] = [];

  constructor(definition: CollectionDefinition) {
    this.#primaryKey = definition.primaryKey;
    const keyOf = (slot: number) => this.#documents[slot]![this.#primaryKey];
    this.indexes = definition.indexes.map((index) =>
      index.kind === "hash"
        ? new HashIndex(index)
        : index.kind === "multi-entry"
        ? new MultiEntryIndex(index)
        : new OrderedIndex(index, keyOf)
    );
  }

  /** How many documents there are. */
  get size(): number {
    return this.#slots.size;
  }

  /** The slot that comes after all others. */
  get end(): number {
    return this.#documents.length;
  }

  /** The slot of the document with a key. */
  slotOf(key: unknown): number | undefined {
    return this.#slots.get(key);
  }

  /** The document in a slot as it is kept, which no caller outside of the store may see. */
  peek(slot: number): Document | undefined {
    return this.#documents[slot];
  }

  /** The document in a slot, frozen. */
  read(slot: number): Document {
    const document = this.#documents[slot]!;
    if (this.#frozen[slot] !== true) {
      freeze(document);
      this.#frozen[slot] = true;
    }
    return document;
  }

  /** Throws where an index cannot take a document into a slot. */
  check(slot: number, document: Document): void {
    for (const index of this.indexes) index.check(slot, document);
  }

  /** Puts a document into a slot, or empties it. Everything has been checked. */
  write(slot: number, after: Document | undefined): void {
    const before = this.#documents[slot];
    const key = before?.[this.#primaryKey];
    const newKey = after?.[this.#primaryKey];
    if (before !== undefined && after !== undefined && compare(key, newKey) === 0) {
      for (const index of this.indexes) index.replace(slot, before, after);
      this.#documents[slot] = after;
    } else {
      if (before !== undefined) {
        for (const index of this.indexes) index.remove(slot, before);
        this.#slots.delete(key);
      }
      this.#documents[slot] = after;
      if (after !== undefined) {
        this.#slots.set(newKey, slot);
        for (const index of this.indexes) index.insert(slot, after);
      } else if (slot === this.#documents.length - 1) this.#documents.pop();
    }
    this.#frozen[slot] = false;
  }

  /** Moves the documents together once most slots are empty, keeping their order. */
  compact(): void {
    const documents = this.#documents;
    if (documents.length < 64 || documents.length < this.size * 2) return;
    const renumbered: number[] = [];
    const frozen: boolean[] = [];
    this.#documents = [];
    for (const [slot, document] of documents.entries()) {
      renumbered.push(document === undefined ? -1 : this.#documents.length);
      if (document === undefined) continue;
      frozen.push(this.#frozen[slot]!);
      this.#documents.push(document);
    }
    this.#frozen = frozen;
    this.#slots.replaceAll((slot) => renumbered[slot]!);
    for (const index of this.indexes) index.renumber(renumbered);
  }
}
