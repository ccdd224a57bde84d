import type { CollectionDefinition } from "./definition.ts";
import { EntryIndex } from "./entry-index.ts";
import { ConstraintError } from "./errors.ts";
import type { Document } from "./field.ts";
import { freeze } from "./freeze.ts";
import { assertFits, type Index, isTouched } from "./index.ts";
import { OrderedIndex } from "./ordered-index.ts";
import { compare, describe } from "./scalar.ts";
import { ValueMap } from "./value-map.ts";

/**
 * The documents of a collection and their indexes.
 *
 * A document stands in a numbered slot for as long as it lives. New slots come last, so the order of the slots
 * is the order in which documents were added, and undoing a deletion finds the slot still free.
 */
export class Table {
  readonly #definition: CollectionDefinition;
  #slots = new ValueMap<number>();
  #documents: (Document | undefined)[] = [];
  /** By slot, its document once it is frozen, which happens when it is first read. */
  #frozen: (Document | undefined)[] = [];
  /** Documents that were read, by keys that are no Dates: a lookup that leads straight to them misses the cache least. */
  readonly #read = new Map<unknown, Document>();
  #indexes: readonly Index[] = [];
  /** Slots from here on are not in the indexes yet: documents that nobody looked for are not sorted into them. */
  #unindexed = 0;

  constructor(definition: CollectionDefinition) {
    this.#definition = definition;
    this.#fill([]);
  }

  /** The indexes, up to date. */
  get indexes(): readonly Index[] {
    const end = this.#documents.length;
    for (; this.#unindexed < end; this.#unindexed++) {
      const document = this.#documents[this.#unindexed];
      if (document) { for (const index of this.#indexes) index.add(this.#unindexed, document); }
    }
    return this.#indexes;
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

  /** The slots that hold a document, from one rank up to another, in the order of insertion or against it. */
  slots(from: number, to: number, reverse?: boolean): number[] {
    const slots: number[] = [];
    let rank = 0;
    for (let position = 0; position < this.end && rank < to; position++) {
      const slot = reverse ? this.end - 1 - position : position;
      if (this.#documents[slot] && rank++ >= from) slots.push(slot);
    }
    return slots;
  }

  /** The document in a slot as it is kept, which no caller outside of the store may see. */
  peek(slot: number): Document | undefined {
    return this.#documents[slot];
  }

  /** The document with a key, frozen. */
  get(key: unknown): Document | undefined {
    return this.#read.get(key) ?? this.#fetch(key);
  }

  /** The document in a slot, frozen. */
  read(slot: number): Document {
    return this.#frozen[slot] ?? this.#freeze(slot);
  }

  /** The documents in some slots, frozen. */
  readAll(slots: readonly number[]): Document[] {
    const frozen = this.#frozen;
    // A copy of the slots has the right size already, so nothing has to grow.
    const documents = slots.slice() as unknown[] as Document[];
    for (let position = 0; position < slots.length; position++) {
      const slot = slots[position]!;
      documents[position] = frozen[slot] ?? this.#freeze(slot);
    }
    return documents;
  }

  /**
   * Puts a document into a slot, or empties it. When it throws, nothing has changed.
   *
   * @throws {TypeError} where an index cannot hold a value.
   * @throws {ConstraintError} where another document has the key, or the value of a unique index.
   */
  write(slot: number, after: Document | undefined): void {
    const { primaryKey, isUnique } = this.#definition;
    const documents = this.#documents;
    const before = documents[slot];
    const key = before?.[primaryKey];
    const newKey = after?.[primaryKey];
    const isMoved = !before || !after || compare(key, newKey) !== 0;
    // Only a unique index has to know the other documents to check one.
    const indexes = isUnique || slot < this.#unindexed ? this.indexes : this.#indexes;
    const touched = isMoved ? indexes : indexes.filter(({ definition }) => {
      return isTouched(definition, before!, after!);
    });
    if (after) {
      if ((this.#slots.get(newKey) ?? slot) !== slot) throw this.#taken(newKey);
      for (const index of touched) assertFits(index, slot, after);
    }
    const isIndexed = slot < this.#unindexed;
    if (before && isIndexed) { for (const index of touched) index.delete(slot, before); }
    if (slot < this.#frozen.length) this.#frozen[slot] = undefined;
    if (before) {
      this.#read.delete(key);
      if (isMoved) this.#slots.delete(key);
    }
    if (after) {
      documents[slot] = after;
      if (isMoved) this.#slots.set(newKey, slot);
      if (isIndexed) { for (const index of touched) index.add(slot, after); }
    } else if (slot < documents.length - 1) documents[slot] = undefined;
    else documents.pop();
  }

  /** Moves the documents together once most slots are empty, keeping their order. */
  compact(): void {
    const { length } = this.#documents;
    if (length < 32 || length < this.size * 2) return;
    this.#fill(this.#documents.filter((document) => document !== undefined));
  }

  #fill(documents: Document[]): void {
    const { indexes, primaryKey } = this.#definition;
    const keyOf = (slot: number) => this.#documents[slot]![primaryKey];
    this.#documents = documents;
    this.#slots = new ValueMap();
    documents.forEach((document, slot) => this.#slots.set(document[primaryKey], slot));
    // Which of them are frozen is found out again when they are read.
    this.#frozen = [];
    this.#unindexed = 0;
    this.#indexes = indexes.map((index) => {
      return index.kind === "ordered" ? new OrderedIndex(index, keyOf) : new EntryIndex(index);
    });
  }

  #fetch(key: unknown): Document | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    const document = this.read(slot);
    if (typeof key !== "object") this.#read.set(key, document);
    return document;
  }

  #freeze(slot: number): Document {
    const document = this.#documents[slot]!;
    freeze(document);
    // An array with holes would be slower to read.
    while (this.#frozen.length < slot) this.#frozen.push(undefined);
    return this.#frozen[slot] = document;
  }

  #taken(key: unknown): ConstraintError {
    const { name: collection, primaryKey: index } = this.#definition;
    return new ConstraintError(
      `Cannot write to ${collection}: it already has a document with ${index} ${
        describe(key)
      }; use put or update to replace it`,
      { collection, index },
    );
  }
}
