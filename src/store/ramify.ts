import { tagOf } from "../shared/describe.ts";
import type { Key } from "../shared/key.ts";
import { CollectionState, type Step } from "./collection-state.ts";
import { Collection } from "./collection.ts";
import { defineCollection, type UntypedSchema } from "./definition.ts";
import { Journal } from "./journal.ts";
import { type Notice, noticesOf } from "./notices.ts";
import { type ErrorHandler, Notifier } from "./notifier.ts";
import type { Schema } from "./schema.ts";
import type { Watcher } from "./watchers.ts";

/** A document of a collection whose documents have no type. */
export type UntypedDocument = Record<string, unknown>;

/** The collections of a store, by name. */
export type Definition = { readonly [name: string]: UntypedSchema };

/** Options of a store. */
export interface StoreOptions {
  /** Hands out mutable copies of documents instead of frozen ones; what callbacks receive stays frozen. */
  readonly detached?: boolean;
  /** Receives what observers and live queries throw or reject with. The default is `console.error`. */
  readonly onError?: ErrorHandler;
}

/** The methods of a store as a whole. */
export interface StoreMethods {
  /** Clears every collection, all or none. */
  delete(): void;
  /**
   * Runs `work`, all or nothing, across the collections of the store, and returns its result. If it throws, its writes
   * are undone and the error is thrown on. Observers hear of it once, at the end. A transaction inside another is a
   * part of it, and can fail by itself if the outer one catches the error.
   *
   * @throws {TypeError} if `work` is asynchronous: others could write between its steps.
   */
  transaction<Result>(work: () => Result extends PromiseLike<unknown> ? never : Result): Result;
}

/** A store whose documents are frozen. */
export type RamifyStore<D> =
  & {
    readonly [Name in keyof D]: D[Name] extends Schema<infer T, infer P>
      ? Collection<T, Extract<T[P], Key>>
      : Collection<UntypedDocument, Key>;
  }
  & StoreMethods;

/** A store that hands out mutable copies. */
export type DetachedStore<D> =
  & {
    readonly [Name in keyof D]: D[Name] extends Schema<infer T, infer P>
      ? Collection<T, Extract<T[P], Key>, T>
      : Collection<UntypedDocument, Key, UntypedDocument>;
  }
  & StoreMethods;

/**
 * A document store in memory: typed collections, indexes, queries, transactions and observers.
 *
 * @example A store with one collection
 * ```ts
 * import { Ramify, type Schema } from "rian";
 *
 * interface User {
 *   id: number;
 *   name: string;
 *   role: "admin" | "guest";
 * }
 *
 * const db = new Ramify().createStore<{ users: Schema<User, "id"> }>({
 *   users: { primaryKey: "id", indexes: ["role"] },
 * });
 * db.users.add({ id: 1, name: "Ada", role: "admin" });
 * console.log(db.users.where("role").equals("admin").toArray());
 * ```
 */
export class Ramify {
  /** Creates a store that hands out mutable copies of its documents. */
  createStore<D extends Definition>(
    definition: D,
    options: StoreOptions & { readonly detached: true },
  ): DetachedStore<D>;
  /**
   * Creates a store with the collections of a definition.
   *
   * @throws {TypeError} for a schema without a primary key or with a misspelt name, or a collection named `delete` or
   * `transaction`.
   */
  createStore<D extends Definition>(definition: D, options?: StoreOptions): RamifyStore<D>;
  createStore(definition: Definition, options: StoreOptions = {}): StoreMethods {
    const { detached = false, onError } = options;
    const notifier = new Notifier(onError);
    const journal = new Journal<Step>(
      (steps) => announce(steps, notifier),
      (step) => step.state.undo(step),
    );
    const states = Object.entries(definition).map(([name, schema]) =>
      new CollectionState(defineCollection(name, schema), journal, detached)
    );

    function transaction<Result>(work: () => Result): Result {
      const isAsync = tagOf(work) === "AsyncFunction";
      return journal.run(() => {
        const result = isAsync ? undefined : work();
        if (!isAsync && !(result instanceof Promise)) return result as Result;
        throw new TypeError(
          "Cannot run a transaction: its callback is asynchronous, so others could write meanwhile; " +
            "await first, then write",
        );
      });
    }

    const store = Object.fromEntries(
      states.map((state) => [state.definition.name, new Collection(state)]),
    );
    return Object.defineProperties(store, {
      delete: { value: () => transaction(() => states.forEach((state) => state.clear())) },
      transaction: { value: transaction },
    }) as unknown as StoreMethods;
  }
}

/** Notifies observers and live queries of a commit, once every collection is in its final state. */
function announce(steps: readonly Step[], notifier: Notifier): void {
  const touched = touchedBy(steps);
  for (const watcher of touched) watcher.invalidate();
  for (const { state, after } of steps) if (!after) state.table.compact();
  const work = noticesOf(steps).map((notice) => delivery(notice, notifier));
  for (const watcher of touched) {
    work.push(() => notifier.call(() => watcher.refresh(notifier)));
  }
  notifier.run(work);
}

/** Returns the live queries whose results some steps may have changed. */
function touchedBy(steps: readonly Step[]): Iterable<Watcher> {
  if (!steps.some(({ state }) => state.watchers)) return [];
  const touched = new Set<Watcher>();
  for (const step of steps) step.state.watchers?.collect(step, touched);
  return touched;
}

/** Returns the work that passes a notice to the observers that are there now, and still are when its turn comes. */
function delivery(notice: Notice, notifier: Notifier): () => void {
  const { step: { state: { observers, definition } }, type, keys, change, isMiss } = notice;
  const { list } = observers;
  // A single observer may change the keys that it receives.
  if (list.length > 1) Object.freeze(keys);
  return () => {
    for (const observer of list) {
      if (!observers.hears(observer, isMiss)) continue;
      notifier.call(() => observer(type, keys, change), definition.name);
    }
  };
}
