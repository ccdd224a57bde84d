import { copyIn, copyOut, isPlainObject } from "./copy.ts";
import type { CollectionDefinition } from "./definition.ts";
import { ConstraintError } from "./errors.ts";
import { type Field, fieldOf } from "./field.ts";
import type { Journal, Step } from "./journal.ts";
import type { Observer } from "./observer.ts";
import type { Document } from "./path.ts";
import { describe, isScalar } from "./scalar.ts";
import { Table } from "./table.ts";
import { tracker } from "./tracking.ts";
import type { Watchers } from "./watchers.ts";

/** What a collection and its queries share: the documents, and the only way to change them. */
export class CollectionState {
  readonly definition: CollectionDefinition;
  readonly journal: Journal;
  readonly detached: boolean;
  /** Those who are told of changes, and whether they are told of misses too. */
  readonly observers: Map<Observer<Document, unknown>, boolean> = new Map();
  /** Live queries that read the collection, once there was one. */
  watchers: Watchers | undefined;
  table: Table;
  #keyField: Field | undefined;
  /** Grows with every change, taken back or not. */
  version = 0;

  constructor(definition: CollectionDefinition, journal: Journal, detached: boolean) {
    this.definition = definition;
    this.journal = journal;
    this.detached = detached;
    this.table = new Table(definition);
  }

  /** The document with a key, as a caller receives it. */
  get(key: unknown): Document | undefined {
    if (tracker() !== undefined) this.#track(key);
    const document = this.table.get(key);
    return this.detached && document !== undefined ? copyOut(document) : document;
  }

  /** Whether there is a document with a key. */
  has(key: unknown): boolean {
    if (tracker() !== undefined) this.#track(key);
    return this.table.slotOf(key) !== undefined;
  }

  keyOf(document: Document): unknown {
    return document[this.definition.primaryKey];
  }

  /** The document in a slot as a caller receives it. */
  give(slot: number): Document {
    return this.detached ? copyOut(this.table.peek(slot)!) : this.table.read(slot);
  }

  /** The documents in some slots as a caller receives them. */
  giveAll(slots: readonly number[]): Document[] {
    const { table } = this;
    return this.detached ? slots.map((slot) => copyOut(table.peek(slot)!)) : table.readAll(slots);
  }

  /** A private copy of what a caller wants to store, with a valid key. */
  accept(document: unknown): Document {
    if (!isPlainObject(document)) {
      throw new TypeError(
        `Cannot write to ${this.definition.name}: a document is a plain object, not ${
          describe(document)
        }; wrap it in one`,
      );
    }
    return this.#withKey(copyIn(document));
  }

  /** What a stored document becomes by assigning some of its fields; itself where nothing would change. */
  merge(before: Document, changes: unknown): Document {
    if (!isPlainObject(changes)) {
      throw new TypeError(
        `Cannot update ${this.definition.name}: changes are a plain object of fields, not ${
          describe(changes)
        }; pass one`,
      );
    }
    const changed = copyIn(changes);
    const isSame = (name: string) =>
      typeof changed[name] !== "object" && name in before && Object.is(changed[name], before[name]);
    if (Object.keys(changed).every(isSame)) return before;
    return this.#withKey({ ...before, ...changed });
  }

  /** Adds a document under a key that is not taken. */
  insert(document: Document): void {
    const slot = this.table.end;
    this.table.check(slot, document);
    this.#write(slot, document);
  }

  /** Puts a document in the place of another one, under the same key or another that is not taken. */
  replace(slot: number, document: Document): void {
    const key = this.keyOf(document);
    const taken = this.table.slotOf(key);
    if (taken !== undefined && taken !== slot) throw this.taken(key);
    this.table.check(slot, document);
    this.#write(slot, document);
  }

  remove(slot: number): void {
    this.#write(slot, undefined);
  }

  /** Notes that there was nothing to delete, for observers that want to know. */
  miss(missed: unknown): undefined {
    this.#assertWritable();
    if (!this.#isMissed()) return;
    this.journal.record({ state: this, slot: 0, before: undefined, after: undefined, missed });
  }

  clear(): void {
    this.#assertWritable();
    if (this.table.size === 0 && !this.#isMissed()) return;
    const cleared = this.table;
    this.table = new Table(this.definition);
    this.version++;
    if (this.#isWatched()) {
      this.journal.record({ state: this, slot: 0, before: undefined, after: undefined, cleared });
    }
  }

  /** Takes back the newest change. */
  undo({ slot, before, after, cleared }: Step): void {
    this.version++;
    if (cleared !== undefined) this.table = cleared;
    else if (before !== after) this.table.write(slot, before);
  }

  /** The error that a key is in use. */
  taken(key: unknown): ConstraintError {
    const { name: collection, primaryKey } = this.definition;
    return new ConstraintError(
      `Cannot write to ${collection}: it already has a document with ${primaryKey} ${
        describe(key)
      }; use put or update to replace it`,
      { collection, index: primaryKey },
    );
  }

  #write(slot: number, after: Document | undefined): void {
    this.#assertWritable();
    const before = this.table.peek(slot);
    this.table.write(slot, after);
    this.version++;
    if (this.#isWatched()) this.journal.record({ state: this, slot, before, after });
    if (after === undefined && !this.journal.open) this.table.compact();
  }

  #isWatched(): boolean {
    return this.journal.open || this.observers.size > 0 || (this.watchers?.size ?? 0) > 0;
  }

  #isMissed(): boolean {
    return this.observers.size > 0 && [...this.observers.values()].includes(true);
  }

  #track(key: unknown): void {
    this.#keyField ??= fieldOf(this.definition, this.definition.primaryKey, []);
    const condition = { field: this.#keyField, values: [key] };
    tracker()?.({ state: this, condition, touches: () => true });
  }

  #assertWritable(): void {
    if (tracker() === undefined) return;
    throw new Error(
      `Cannot write to ${this.definition.name}: a live query is running, and would run again for ever; write elsewhere`,
    );
  }

  #withKey(document: Document): Document {
    const key = this.keyOf(document);
    const type = typeof key;
    if (type === "string" || type === "boolean" || (type === "number" && key === key)) {
      return document;
    }
    if (type === "object" && key !== null && isScalar(key)) return document;
    throw new TypeError(
      `Cannot write to ${this.definition.name}: ${this.definition.primaryKey} is ${
        describe(key)
      }; a key is a string, a number, a boolean or a valid Date`,
    );
  }
}
