import { describe } from "../shared/describe.ts";
import { copyIn, copyOut, isPlainObject } from "./copy.ts";
import type { CollectionDefinition } from "./definition.ts";
import { type Document, fieldOf } from "./field.ts";
import type { Journal } from "./journal.ts";
import { Observers } from "./observers.ts";
import { isScalar } from "./scalar.ts";
import { Table } from "./table.ts";
import { type Followable, tracker } from "./tracking.ts";
import type { Watchers } from "./watchers.ts";

/** One change to one collection, with what is needed to undo it. */
export interface Step {
  readonly state: CollectionState;
  readonly slot: number;
  readonly before: Document | undefined;
  readonly after: Document | undefined;
  /** The table that a `clear` put aside. */
  readonly cleared?: Table;
  /** The key of a delete that found no document. */
  readonly missed?: unknown;
  /** The slot after the last of the documents that were added in a row, as by a bulk load, while nobody listened. */
  end?: number;
}

/** Holds what a collection and its queries share: the documents, and the only way to change them. */
export class CollectionState implements Followable {
  readonly definition: CollectionDefinition;
  readonly journal: Journal<Step>;
  readonly detached: boolean;
  readonly observers: Observers = new Observers();
  /** The live queries that follow the collection; `undefined` until there is one. */
  watchers: Watchers | undefined;
  table: Table;
  /** Grows with every change, and when one is undone. */
  changeCount = 0;

  constructor(definition: CollectionDefinition, journal: Journal<Step>, detached: boolean) {
    this.definition = definition;
    this.journal = journal;
    this.detached = detached;
    this.table = new Table(definition);
  }

  /** Returns the document with a key, as a caller receives it. */
  get(key: unknown): Document | undefined {
    this.track(key);
    const document = this.table.get(key);
    return this.detached ? copyOut(document) : document;
  }

  /** Returns whether there is a document with a key. */
  has(key: unknown): boolean {
    this.track(key);
    return this.table.slotOf(key) !== undefined;
  }

  /** Reports to the live query that is running, if any, that its result depends on the document with a key. */
  track(key: unknown): void {
    tracker()?.({
      collection: this,
      condition: { field: fieldOf([this.definition.primaryKey]), values: copyIn([key]) },
      touches: () => true,
    });
  }

  /** Returns the primary key of a document. */
  keyOf(document: Document): unknown {
    return document[this.definition.primaryKey];
  }

  /** Returns the documents in some slots, as a caller receives them. */
  give(slots: readonly number[]): Document[] {
    const { table } = this;
    return this.detached ? slots.map((slot) => copyOut(table.peek(slot)!)) : table.readAll(slots);
  }

  /** Returns a private copy of what a caller wants to store, laid over a stored document if it changes one. */
  accept(document: unknown, before?: Document): Document {
    const { name, primaryKey } = this.definition;
    if (!isPlainObject(document)) {
      throw new TypeError(
        `Cannot write to ${name}: ${describe(document)} is not a plain object; wrap it in one`,
      );
    }
    const copy = copyIn(document);
    const accepted = before ? { ...before, ...copy } : copy;
    const key = accepted[primaryKey];
    if (isKey(key)) return accepted;
    throw new TypeError(
      `Cannot write to ${name}: ${primaryKey} is ${
        describe(key)
      }; use a string, number, boolean or valid Date`,
    );
  }

  /** Assigns fields of a document, unless they have these values already. Returns the key if the document exists. */
  update(key: unknown, changes: object): unknown {
    const slot = this.table.slotOf(key);
    if (slot === undefined) return undefined;
    const before = this.table.peek(slot)!;
    const after = this.accept(changes, before);
    const isSame = (name: string) => name in before && Object.is(after[name], before[name]);
    if (!Object.keys(changes).every(isSame)) this.write(slot, after);
    return key;
  }

  /** Deletes a document. Returns the key if the document existed. */
  delete(key: unknown): unknown {
    const slot = this.table.slotOf(key);
    if (slot !== undefined) {
      this.write(slot, undefined);
      return key;
    }
    this.#assertWritable();
    if (this.observers.hearMisses) {
      this.#record({ state: this, slot: 0, before: undefined, after: undefined, missed: key });
    }
    return undefined;
  }

  /** Puts a document into a slot, or empties it. */
  write(slot: number, after: Document | undefined): void {
    this.#assertWritable();
    const before = this.table.peek(slot);
    this.table.write(slot, after);
    if (before || !after || this.#isHeard) this.#record({ state: this, slot, before, after });
    else this.#append(slot);
    if (!after && !this.journal.open) this.table.compact();
  }

  /** Deletes every document. */
  clear(): void {
    this.#assertWritable();
    const cleared = this.table;
    if (cleared.size === 0 && !this.observers.hearMisses) return;
    this.table = new Table(this.definition);
    this.#record({ state: this, slot: 0, before: undefined, after: undefined, cleared });
  }

  /** Undoes the newest change. */
  undo({ slot, before, after, cleared, end = slot }: Step): void {
    this.changeCount++;
    if (cleared) this.table = cleared;
    else if (before !== after) this.table.write(slot, before);
    while (end > slot) this.table.write(--end, undefined);
  }

  /** Records that a document was added while nobody listens. */
  #append(slot: number): void {
    this.changeCount++;
    const { journal } = this;
    if (!journal.open) return;
    const { last } = journal;
    if (last?.end === slot && last.state === this) last.end++;
    else journal.record({ state: this, slot, before: undefined, after: undefined, end: slot + 1 });
  }

  #record(step: Step): void {
    this.changeCount++;
    if (this.journal.open || this.#isHeard) this.journal.record(step);
  }

  /** Whether anyone listens. */
  get #isHeard(): boolean {
    return this.observers.size > 0 || !!this.watchers?.size;
  }

  #assertWritable(): void {
    if (!tracker()) return;
    throw new Error(
      `Cannot write to ${this.definition.name}: a live query is running and would run forever; write elsewhere`,
    );
  }
}

function isKey(value: unknown): boolean {
  return value !== undefined && value !== null && value === value && typeof value !== "bigint" &&
    isScalar(value);
}
