import type { CollectionState } from "./collection-state.ts";
import type { Observer, ObserverOptions } from "./observer.ts";
import type { Document } from "./path.ts";
import { type Criteria, Query } from "./query.ts";
import type { Key, Path, PathValue } from "./schema.ts";
import type { Where } from "./where.ts";

/**
 * Documents of one type, by primary key.
 *
 * A document that is read is a frozen plain object, the same one until it changes. What is written is copied first,
 * so the caller keeps what it passed in. A write that throws has changed nothing.
 *
 * Writes throw a `TypeError` for a document without a valid key, with a value in an indexed field that cannot be
 * indexed, or with a value that structured cloning refuses; and a {@link ConstraintError} for a key or a unique
 * value that is taken.
 *
 * @example Write, read and find
 * ```ts
 * import { Ramify, type Schema } from "rian";
 *
 * const db = new Ramify().createStore<{
 *   todos: Schema<{ id: number; title: string; done: boolean }, "id">;
 * }>({ todos: { primaryKey: "id", indexes: ["done"] } });
 *
 * db.todos.bulkAdd([
 *   { id: 1, title: "Write", done: true },
 *   { id: 2, title: "Read", done: false },
 * ]);
 * db.todos.update(2, { done: true });
 * if (db.todos.where("done").equals(true).count() !== 2) throw new Error("expected two");
 * ```
 */
export class Collection<T extends object, K extends Key, Read = Readonly<T>> {
  readonly #state: CollectionState;

  /** @internal */
  constructor(state: CollectionState) {
    this.#state = state;
  }

  /** The name of the collection in its store. */
  get name(): string {
    return this.#state.definition.name;
  }

  /** The field that identifies a document. */
  get primaryKey(): string {
    return this.#state.definition.primaryKey;
  }

  /** Adds a document and answers its key. */
  add(document: T): K {
    const accepted = this.#state.accept(document);
    const key = this.#state.keyOf(accepted);
    if (this.#state.table.slotOf(key) !== undefined) throw this.#state.taken(key);
    this.#state.insert(accepted);
    return this.#keyIn(document);
  }

  /** Adds a document, or puts it in the place of the one with the same key, and answers the key. */
  put(document: T): K {
    const accepted = this.#state.accept(document);
    const slot = this.#state.table.slotOf(this.#state.keyOf(accepted));
    if (slot === undefined) this.#state.insert(accepted);
    else this.#state.replace(slot, accepted);
    return this.#keyIn(document);
  }

  /**
   * Assigns some fields of a document, its key among them if wanted, and answers the key that was passed, or
   * `undefined` if there is no such document. Where every field has its value already, nothing happens.
   */
  update(key: K, changes: Partial<T>): K | undefined {
    const state = this.#state;
    const slot = state.table.slotOf(key);
    if (slot === undefined) return undefined;
    const before = state.table.peek(slot)!;
    const after = state.merge(before, changes);
    if (after !== before) state.replace(slot, after);
    return key;
  }

  /** Deletes a document and answers its key, or `undefined` if there is none. */
  delete(key: K): K | undefined {
    const slot = this.#state.table.slotOf(key);
    if (slot === undefined) return this.#state.miss(key);
    this.#state.remove(slot);
    return key;
  }

  /** Adds documents, all or none, and answers their keys. */
  bulkAdd(documents: readonly T[]): K[] {
    return this.#state.journal.run(() => documents.map((document) => this.add(document)));
  }

  /** Puts documents, all or none, and answers their keys. */
  bulkPut(documents: readonly T[]): K[] {
    return this.#state.journal.run(() => documents.map((document) => this.put(document)));
  }

  /** Assigns the same fields of several documents, all or none; answers what `update` would for each key. */
  bulkUpdate(keys: readonly K[], changes: Partial<T>): (K | undefined)[] {
    return this.#state.journal.run(() => keys.map((key) => this.update(key, changes)));
  }

  /** Deletes several documents; answers what `delete` would for each key. */
  bulkDelete(keys: readonly K[]): (K | undefined)[] {
    return this.#state.journal.run(() => keys.map((key) => this.delete(key)));
  }

  /** Deletes every document. */
  clear(): void {
    this.#state.clear();
  }

  /** The document with a key, or `undefined` if there is none. */
  get(key: K): Read | undefined {
    return this.#state.get(key) as Read | undefined;
  }

  /** The documents with the keys, in their order. */
  bulkGet(keys: readonly K[]): (Read | undefined)[] {
    return keys.map((key) => this.get(key));
  }

  /** Whether there is a document with a key. */
  has(key: K): boolean {
    return this.#state.has(key);
  }

  /** Every key, in the order of insertion. */
  keys(): K[] {
    return this.#all().keys();
  }

  /** How many documents there are. */
  count(): number {
    return this.#all().count();
  }

  /** Every document, in the order of insertion. */
  toArray(): Read[] {
    return this.#all().toArray();
  }

  /** Calls `callback` with each document. It may write: the documents are those that were there before. */
  each(callback: (document: Read) => void): void {
    this.#all().each(callback);
  }

  /**
   * Starts a comparison of an indexed field, of the primary key, or of the fields of a compound index.
   *
   * @throws {TypeError} when no index helps to find documents by the field.
   */
  where<P extends Path<T>>(field: P): Where<T, K, PathValue<T, P>, Read>;
  /** Compares the fields of a compound index with lists of values. */
  where<const P extends readonly Path<T>[]>(
    fields: P,
  ): Where<T, K, readonly [...{ [I in keyof P]: PathValue<T, P[I]> }], Read>;
  /** Finds the documents that equal the criteria in every field, each of which needs an index. */
  where(criteria: Criteria<T>): Query<T, K, Read>;
  where(condition: never): never {
    return this.#all().where(condition) as never;
  }

  /** Finds the documents for which `predicate` answers true, by looking at all of them. */
  filter(predicate: (document: Readonly<T>) => boolean): Query<T, K, Read> {
    return this.#all().filter(predicate);
  }

  /** Every document, sorted; see {@link Query.sortBy}. */
  sortBy(field: Path<T> | readonly Path<T>[]): Query<T, K, Read> {
    return this.#all().sortBy(field);
  }

  /** Every document, the newest first. */
  reverse(): Query<T, K, Read> {
    return this.#all().reverse();
  }

  /** The first documents; see {@link Query.limit}. */
  limit(count: number): Query<T, K, Read> {
    return this.#all().limit(count);
  }

  /** All but the first documents; see {@link Query.offset}. */
  offset(count: number): Query<T, K, Read> {
    return this.#all().offset(count);
  }

  /** The documents after a key, in the order of the primary key; see {@link Query.after}. */
  after(cursor: K | Readonly<T>): Query<T, K, Read> {
    return this.#all().after(cursor);
  }

  /** The document that was added first. */
  first(): Read | undefined {
    return this.#all().first();
  }

  /** The document that was added last. */
  last(): Read | undefined {
    return this.#all().last();
  }

  /**
   * Calls `observer` after each change, until the returned function is called.
   *
   * @example Hear of changes
   * ```ts
   * import { Ramify, type Schema } from "rian";
   *
   * const db = new Ramify().createStore<{ users: Schema<{ id: number; name: string }, "id"> }>({
   *   users: { primaryKey: "id" },
   * });
   * const unsubscribe = db.users.subscribe((type, keys, change) => {
   *   console.log(type, keys, change.after);
   * });
   * db.users.add({ id: 1, name: "Ada" });
   * unsubscribe();
   * ```
   */
  subscribe(observer: Observer<T, K>, options: ObserverOptions = {}): () => void {
    const { observers } = this.#state;
    observers.set(observer as Observer<Document, unknown>, options.misses === true);
    return () => this.unsubscribe(observer);
  }

  /** Stops calling an observer. */
  unsubscribe(observer: Observer<T, K>): void {
    this.#state.observers.delete(observer as Observer<Document, unknown>);
  }

  #all(): Query<T, K, Read> {
    return new Query(this.#state);
  }

  #keyIn(document: T): K {
    return (document as Record<string, unknown>)[this.primaryKey] as K;
  }
}
