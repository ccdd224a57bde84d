import { describe } from "../shared/describe.ts";
import { copyIn, copyOut, isPlainObject } from "./copy.ts";
import type { CollectionDefinition } from "./definition.ts";
import { assertKind } from "./errors.ts";
import { type Document, fieldOf } from "./field.ts";
import type { Journal } from "./journal.ts";
import type { Observer } from "./observer.ts";
import { isKey } from "./scalar.ts";
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
  readonly cleared: Table | undefined;
  /** The key of a delete that found no document. */
  readonly missed: unknown;
  /** The slot after the last of the documents that were added, several if nobody listened; -1 if none was. */
  end: number;
}

/** What an observer hears of. */
export interface Subscription {
  /** Whether it hears of misses too. */
  readonly misses: boolean;
  /** The change count when it came: it hears of later changes. */
  readonly since: number;
}

/** Holds what a collection and its queries share: the documents, and the only way to change them. */
export class CollectionState implements Followable {
  readonly definition: CollectionDefinition;
  readonly journal: Journal<Step>;
  readonly detached: boolean;
  readonly observers: Map<Observer<Document, unknown>, Subscription> = new Map();
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
    const document = this.table.get(key);
    // What was found has a key, and need not be looked at.
    if (!document) this.#assertKey(key);
    this.#track(key);
    return this.detached ? copyOut(document) : document;
  }

  /** Returns whether there is a document with a key. */
  has(key: unknown): boolean {
    const slot = this.#slotOf(key);
    this.#track(key);
    return slot !== undefined;
  }

  /** Refuses what cannot be a key. @throws {TypeError} that names it. */
  #assertKey(key: unknown): void {
    if (isKey(key)) return;
    const { name, primaryKey } = this.definition;
    throw new TypeError(
      `Cannot use a key of ${name}: ${primaryKey} is ${
        describe(key)
      }; use a string, number, boolean or valid Date`,
    );
  }

  /** Reports to the live query that is running, if any, that its result depends on the document with a key. */
  #track(key: unknown): void {
    tracker()?.({
      collection: this,
      condition: {
        field: fieldOf([this.definition.primaryKey]),
        values: copyIn([key]),
        range: undefined,
        locate: undefined,
      },
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

  /** Refuses what holds no fields. @throws {TypeError} that names it. */
  assertPlain(value: unknown): void {
    if (!isPlainObject(value)) {
      assertKind("plain object", `write to ${this.definition.name}`, value);
    }
  }

  /** Returns a private copy of what a caller wants to store, laid over a stored document if it changes one. */
  accept(document: unknown, before?: Document): Document {
    const { primaryKey } = this.definition;
    this.assertPlain(document);
    const copy = copyIn(document as Document);
    const accepted = before ? { ...before, ...copy } : copy;
    // A changed document has a key of its own already, and a library may have given all objects one.
    this.#assertKey(
      before || Object.hasOwn(accepted, primaryKey) ? accepted[primaryKey] : undefined,
    );
    return accepted;
  }

  /** Assigns fields of a document, unless they have these values already. Returns the key if the document exists. */
  update(key: unknown, changes: object): unknown {
    const slot = this.#slotOf(key);
    if (slot === undefined) return this.assertPlain(changes);
    const before = this.table.peek(slot)!;
    const after = this.accept(changes, before);
    const isSame = (name: string) =>
      Object.is(after[name], before[name]) && Object.hasOwn(before, name);
    if (!Object.keys(changes).every(isSame)) this.write(slot, after);
    return key;
  }

  /** Deletes a document. Returns the key if the document existed. */
  delete(key: unknown): unknown {
    const slot = this.#slotOf(key);
    if (slot !== undefined) {
      this.write(slot, undefined);
      return key;
    }
    this.#assertWritable();
    if (this.#hearsMisses) {
      this.#record(0, undefined, undefined, undefined, key);
    }
    return undefined;
  }

  /** Puts a document into a slot, or empties it. */
  write(slot: number, after: Document | undefined): void {
    this.#assertWritable();
    const before = this.table.peek(slot);
    this.table.write(slot, after);
    this.#record(slot, before, after);
    if (!after && !this.journal.open) this.table.compact();
  }

  /** Deletes every document. */
  clear(): void {
    this.#assertWritable();
    const cleared = this.table;
    if (cleared.size === 0 && !this.#hearsMisses) return;
    this.table = new Table(this.definition);
    this.#record(0, undefined, undefined, cleared);
  }

  /** Undoes the newest change. */
  undo({ slot, before, cleared, end }: Step): void {
    this.changeCount++;
    if (cleared) this.table = cleared;
    if (before) this.table.write(slot, before);
    while (end > slot) this.table.write(--end, undefined);
  }

  /** Records a change of one document, or another one, unless nobody listens and nothing can undo it. */
  #record(
    slot: number,
    before?: Document,
    after?: Document,
    cleared?: Table,
    missed?: unknown,
  ): void {
    this.changeCount++;
    const { journal } = this;
    const isHeard = this.observers.size > 0 || !!this.watchers?.size;
    if (!journal.open && !isHeard) return;
    const isAdded = !before && after;
    const { last } = journal;
    if (isAdded && !isHeard && last?.end === slot && last.state === this) last.end++;
    else {
      journal.record({
        state: this,
        slot,
        before,
        // Those who begin to listen later hear of nothing before.
        after: isHeard ? after : before && after,
        cleared,
        missed,
        end: isAdded ? slot + 1 : -1,
      });
    }
  }

  /** Returns the slot of the document with a key that a caller passed. */
  #slotOf(key: unknown): number | undefined {
    const slot = this.table.slotOf(key);
    if (slot === undefined) this.#assertKey(key);
    return slot;
  }

  /** Whether any observer hears of misses. */
  get #hearsMisses(): boolean {
    return [...this.observers.values()].some(({ misses }) => misses);
  }

  #assertWritable(): void {
    if (!tracker()) return;
    throw new Error(
      `Cannot write to ${this.definition.name}: a live query is running; write elsewhere`,
    );
  }
}
