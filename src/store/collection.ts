import type { Key } from "../shared/key.ts";
import type { CollectionState } from "./collection-state.ts";
import { assertKind, withDefaults } from "./errors.ts";
import type { Document } from "./field.ts";
import type { Observer, ObserverOptions } from "./observer.ts";
import { Documents } from "./query.ts";

/**
 * Documents of one type, by primary key.
 *
 * A document that you read is a frozen plain object, the same one until it changes. A write copies what you pass in,
 * which stays yours. A write that throws changes nothing.
 *
 * Writes throw a `TypeError` for a document without a valid key, with a value in an indexed field that cannot be
 * indexed, or with a function or symbol; a {@link ConstraintError} for a key or a unique value that is taken; a
 * `RangeError` for a document that contains itself; and what `structuredClone` throws for a value it refuses.
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
export class Collection<T extends object, K extends Key, Read = Readonly<T>>
  extends Documents<T, K, Read> {
  readonly #state: CollectionState;

  /** @internal */
  constructor(state: CollectionState) {
    super(state);
    this.#state = state;
  }

  /** The name of the collection in its store. */
  get name(): string {
    return this.#state.definition.name;
  }

  /** The same as `name`. */
  get collectionName(): string {
    return this.name;
  }

  /** The field that identifies a document. */
  get primaryKey(): string {
    return this.#state.definition.primaryKey;
  }

  /** The fields that have an index; those of a compound index are joined by `+`, as in `explain`. */
  get indexes(): string[] {
    return [...this.#state.definition.indexNames];
  }

  /** Adds a document, and returns its key. */
  add(document: T): K {
    const state = this.#state;
    // First, because a getter of the document may add others.
    const accepted = state.accept(document);
    state.write(state.table.end, accepted);
    return state.keyOf(document as Document) as K;
  }

  /** Adds a document, or replaces the one with the same key, and returns the key. */
  put(document: T): K {
    const state = this.#state;
    const accepted = state.accept(document);
    const { table } = state;
    state.write(table.slotOf(state.keyOf(accepted)) ?? table.end, accepted);
    return state.keyOf(document as Document) as K;
  }

  /**
   * Assigns some fields of a document, its key too if it is among them. Returns the key that was passed, or `undefined`
   * if there is no such document. Nothing happens if every field has its value already; an equal array or Date is
   * a new value.
   */
  update(key: K, changes: Partial<T>): K | undefined {
    return this.#state.update(key, changes) as K | undefined;
  }

  /** Deletes a document. Returns its key, or `undefined` if there is no such document. */
  delete(key: K): K | undefined {
    return this.#state.delete(key) as K | undefined;
  }

  /** Adds documents, all or none, and returns their keys. */
  bulkAdd(documents: readonly T[]): K[] {
    return this.#all(documents, (document) => this.add(document));
  }

  /** Puts documents, all or none, and returns their keys. */
  bulkPut(documents: readonly T[]): K[] {
    return this.#all(documents, (document) => this.put(document));
  }

  /** Assigns the same fields of several documents, all or none. Returns what `update` would for each key. */
  bulkUpdate(keys: readonly K[], changes: Partial<T>): (K | undefined)[] {
    return this.#all(keys, (key) => this.update(key, changes));
  }

  /** Deletes several documents. Returns what `delete` would for each key. */
  bulkDelete(keys: readonly K[]): (K | undefined)[] {
    return this.#all(keys, (key) => this.delete(key));
  }

  /** Deletes every document. */
  clear(): void {
    this.#state.clear();
  }

  /** Returns the document with a key, or `undefined` if there is none. */
  get(key: K): Read | undefined {
    return this.#state.get(key) as Read | undefined;
  }

  /** Returns the documents with these keys, in the order of the keys. */
  bulkGet(keys: readonly K[]): (Read | undefined)[] {
    assertKind("list", `read ${this.name}`, keys);
    return keys.map((key) => this.get(key));
  }

  /** Returns whether there is a document with a key. */
  has(key: K): boolean {
    return this.#state.has(key);
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
    assertKind("function", "subscribe", observer);
    const { misses } = withDefaults<ObserverOptions>({ misses: false }, "subscribe", options);
    const { changeCount: since, observers } = this.#state;
    observers.set(observer as Observer<Document, unknown>, { misses, since });
    return () => this.unsubscribe(observer);
  }

  /** Stops calling an observer. */
  unsubscribe(observer: Observer<T, K>): void {
    this.#state.observers.delete(observer as Observer<Document, unknown>);
  }

  /** Writes several times, all or none. */
  #all<Item, Result>(items: readonly Item[], write: (item: Item) => Result): Result[] {
    assertKind("list", `write to ${this.name}`, items);
    return this.#state.journal.run(() => items.map(write));
  }
}
