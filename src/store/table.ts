import { describe } from "../shared/describe.ts";
import { ConstraintError } from "../shared/errors.ts";
import type { Key } from "../shared/key.ts";
import type { CollectionDefinition } from "./definition.ts";
import type { Document } from "./field.ts";
import { freeze } from "./freeze.ts";
import { HashIndex } from "./hash-index.ts";
import { assertFits, isTouched } from "./index-checks.ts";
import type { Index } from "./index.ts";
import { OrderedIndex } from "./ordered-index.ts";
import { compare } from "./scalar.ts";
import { ValueMap } from "./value-map.ts";

/**
 * Keeps the documents of a collection, and their indexes.
 *
 * A document occupies a numbered slot for as long as it lives. New slots come last, so the order of the slots is the
 * order of insertion, and an undone delete finds its slot still free.
 */
export class Table {
  readonly #definition: CollectionDefinition;
  #slots = new ValueMap<number>();
  #documents: (Document | undefined)[] = [];
  /** The documents that are frozen, by slot; each is frozen when it is first read. */
  #frozen: (Document | undefined)[] = [];
  /** Documents that were read, by keys other than Dates: a lookup straight to them misses the cache least. */
  readonly #read = new Map<unknown, Document>();
  /** The indexes, which change when the documents are moved together. */
  indexes: readonly Index[] = [];

  constructor(definition: CollectionDefinition) {
    this.#definition = definition;
    this.#fill([]);
  }

  /** How many documents there are. */
  get size(): number {
    return this.#slots.size;
  }

  /** The slot that comes after all others. */
  get end(): number {
    return this.#documents.length;
  }

  /** Returns the slot of the document with a key. */
  slotOf(key: unknown): number | undefined {
    return this.#slots.get(key);
  }

  /** Returns the slots that hold a document, from one rank up to another, in the order of insertion or in reverse. */
  slots(from: number, to: number, reverse?: boolean): number[] {
    const slots: number[] = [];
    let rank = 0;
    for (let position = 0; position < this.end && rank < to; position++) {
      const slot = reverse ? this.end - 1 - position : position;
      if (this.#documents[slot] && rank++ >= from) slots.push(slot);
    }
    return slots;
  }

  /** Returns the document in a slot as it is stored, which no caller outside the store may see. */
  peek(slot: number): Document | undefined {
    return this.#documents[slot];
  }

  /** Returns the document with a key, frozen. */
  get(key: unknown): Document | undefined {
    return this.#read.get(key) ?? this.#fetch(key);
  }

  /** Returns the document in a slot, frozen. */
  read(slot: number): Document {
    return this.#frozen[slot] ?? this.#freeze(slot);
  }

  /** Returns the documents in some slots, frozen. */
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
   * Puts a document into a slot, or empties it. If it throws, nothing has changed.
   *
   * @throws {TypeError} if an index cannot hold a value.
   * @throws {ConstraintError} if another document has the key, or the value of a unique index.
   */
  write(slot: number, after: Document | undefined): void {
    const { primaryKey } = this.#definition;
    const documents = this.#documents;
    const before = documents[slot];
    const key = before?.[primaryKey];
    const newKey = after?.[primaryKey];
    const isMoved = !before || !after || compare(key, newKey) !== 0;
    const touched = isMoved ? this.indexes : this.indexes.filter(({ definition }) => {
      return isTouched(definition, before!, after!);
    });
    if (after) {
      if ((this.#slots.get(newKey) ?? slot) !== slot) throw this.#taken(newKey as Key);
      for (const index of touched) assertFits(index, slot, after);
    }
    if (slot < this.#frozen.length) this.#frozen[slot] = undefined;
    if (before) {
      for (const index of touched) index.delete(slot, before);
      this.#read.delete(key);
      if (isMoved) this.#slots.delete(key);
    }
    if (after) {
      const isLast = slot === documents.length;
      documents[slot] = after;
      if (isMoved) this.#slots.set(newKey, slot);
      // A document that comes last is indexed when an index is next asked.
      if (!isLast) { for (const index of touched) index.add(slot, after); }
    } else if (slot < documents.length - 1) documents[slot] = undefined;
    else documents.pop();
  }

  /** Moves the documents together, in their order, once most slots are empty. */
  compact(): void {
    const { length } = this.#documents;
    if (length < 32 || length < this.size * 2) return;
    this.#fill(this.#documents.filter((document) => document !== undefined));
  }

  #fill(documents: Document[]): void {
    const { indexes, primaryKey } = this.#definition;
    this.#documents = documents;
    this.#slots = new ValueMap();
    documents.forEach((document, slot) => this.#slots.set(document[primaryKey], slot));
    // A document that is frozen already is found to be so when it is next read.
    this.#frozen = [];
    this.indexes = indexes.map((index) => {
      const Kind = index.kind === "ordered" ? OrderedIndex : HashIndex;
      return new Kind(index, documents);
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

  #taken(key: Key): ConstraintError {
    const { name, primaryKey } = this.#definition;
    return new ConstraintError(
      `Cannot write to ${name}: a document with ${primaryKey} ${
        describe(key)
      } exists; use put or update`,
      { type: name, key, constraint: "primary key", field: primaryKey },
    );
  }
}
