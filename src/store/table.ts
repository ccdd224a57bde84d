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
  readonly #primaryKey: string;
  readonly #hasUnique: boolean;
  readonly #slots = new ValueMap<number>();
  #documents: (Document | undefined)[] = [];
  /** By slot, its document once it is frozen, which happens when it is first read. */
  #frozen: (Document | undefined)[] = [];
  /** Documents that were read by key: a lookup that leads to the document itself misses the cache least. */
  readonly #read = new ValueMap<Document>();
  /** Slots from here on are not in the indexes yet: documents that nobody looked for are not sorted into them. */
  #unindexed = 0;
  readonly #indexes: readonly Index[];

  constructor(definition: CollectionDefinition) {
    this.#primaryKey = definition.primaryKey;
    this.#hasUnique = definition.indexes.some(({ unique }) => unique);
    const keyOf = (slot: number) => this.#documents[slot]![this.#primaryKey];
    this.#indexes = definition.indexes.map((index) =>
      index.kind === "hash"
        ? new HashIndex(index)
        : index.kind === "multi-entry"
        ? new MultiEntryIndex(index)
        : new OrderedIndex(index, keyOf)
    );
  }

  /** The indexes, up to date. */
  get indexes(): readonly Index[] {
    const start = this.#unindexed;
    const end = this.#documents.length;
    if (start >= end) return this.#indexes;
    for (const index of this.#indexes) {
      for (let slot = start; slot < end; slot++) {
        const document = this.#documents[slot];
        if (document !== undefined) index.insert(slot, document);
      }
    }
    this.#unindexed = end;
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

  /** The slots that hold a document. */
  slots(): number[] {
    const slots: number[] = [];
    const documents = this.#documents;
    for (let slot = 0; slot < documents.length; slot++) {
      if (documents[slot] !== undefined) slots.push(slot);
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

  /** Throws where an index cannot take a document into a slot. */
  check(slot: number, document: Document): void {
    const before = this.#documents[slot];
    // Only a unique index has to know the other documents for that.
    for (const index of this.#hasUnique ? this.indexes : this.#indexes) {
      if (before === undefined || isTouched(index, before, document)) index.check(slot, document);
    }
  }

  /** Puts a document into a slot, or empties it. Everything has been checked. */
  write(slot: number, after: Document | undefined): void {
    const documents = this.#documents;
    const before = documents[slot];
    const key = before?.[this.#primaryKey];
    const newKey = after?.[this.#primaryKey];
    const indexes = slot < this.#unindexed ? this.indexes : [];
    if (slot < this.#frozen.length) this.#frozen[slot] = undefined;
    if (this.#read.size > 0) this.#read.delete(key);
    if (before !== undefined && after !== undefined && compare(key, newKey) === 0) {
      for (const index of indexes) {
        if (isTouched(index, before, after)) index.replace(slot, before, after);
      }
      documents[slot] = after;
      return;
    }
    if (before !== undefined) {
      for (const index of indexes) index.remove(slot, before);
      this.#slots.delete(key);
    }
    if (after !== undefined) {
      documents[slot] = after;
      this.#slots.set(newKey, slot);
      for (const index of indexes) index.insert(slot, after);
    } else if (slot < documents.length - 1) documents[slot] = undefined;
    else documents.pop();
  }

  /** Moves the documents together once most slots are empty, keeping their order. */
  compact(): void {
    const documents = this.#documents;
    if (documents.length < 32 || documents.length < this.size * 2) return;
    const renumbered: number[] = [];
    const moved: Document[] = [];
    for (const document of documents) {
      renumbered.push(document === undefined ? -1 : moved.length);
      if (document !== undefined) moved.push(document);
    }
    for (const index of this.indexes) index.renumber(renumbered);
    this.#slots.replaceAll((slot) => renumbered[slot]!);
    this.#documents = moved;
    // Which of them are frozen is found out again when they are read.
    this.#frozen = [];
    this.#unindexed = moved.length;
  }

  #fetch(key: unknown): Document | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    const document = this.read(slot);
    this.#read.set(key, document);
    return document;
  }

  #freeze(slot: number): Document {
    const document = this.#documents[slot]!;
    freeze(document);
    // An array with holes would be slower to read.
    while (this.#frozen.length < slot) this.#frozen.push(undefined);
    this.#frozen[slot] = document;
    return document;
  }
}

/** Whether a new document differs where an index looks; an update shares what it does not change. */
function isTouched({ definition }: Index, before: Document, after: Document): boolean {
  for (const root of definition.roots) {
    if (before[root] !== after[root]) return true;
  }
  return false;
}
