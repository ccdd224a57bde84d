import { tagOf } from "../shared/describe.ts";
import type { Key } from "../shared/key.ts";
import { CollectionState, type Step } from "./collection-state.ts";
import { Collection } from "./collection.ts";
import { defineCollection, type UntypedSchema } from "./definition.ts";
import { assertKind, withDefaults } from "./errors.ts";
import { Journal } from "./journal.ts";
import { LazyChange, noticesOf } from "./notices.ts";
import { type ErrorHandler, Notifier, reportToConsole } from "./notifier.ts";
import type { Operation } from "./observer.ts";
import type { Query } from "./query.ts";
import type { Path, Schema } from "./schema.ts";
import type { Watcher } from "./watchers.ts";
import type { FieldValue, Where } from "./where.ts";

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
  /** Its stores, by what each of their collections keeps. One that is no longer used can be collected as garbage. */
  #stores: WeakRef<Journal<Step>>[] = [];

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
    assertKind("plain object", "create a store", definition);
    const { detached, onError } = withDefaults<StoreOptions>(
      { detached: false, onError: reportToConsole },
      "create a store",
      options,
    );
    const notifier = new Notifier(onError);
    const journal = new Journal<Step>((steps) => announce(steps, notifier));
    const states = Object.entries(definition).map(([name, schema]) =>
      new CollectionState(defineCollection(name, schema), journal, detached)
    );
    journal.clear = () => journal.run(() => states.forEach((state) => state.clear()));
    this.#stores = [...this.#stores.filter((store) => store.deref()), new WeakRef(journal)];

    function transaction<Result>(work: () => Result): Result {
      assertKind("function", "run a transaction", work);
      return journal.run(() => {
        // What is declared as asynchronous is not even called.
        const result = tagOf(work) === "AsyncFunction" ? Promise.resolve() : work();
        if (result instanceof Promise) {
          throw new TypeError(
            "Cannot run a transaction: its callback is asynchronous; await first",
          );
        }
        return result;
      });
    }

    const store = Object.fromEntries(
      states.map((state) => [state.definition.name, new Collection(state)]),
    );
    return Object.defineProperties(store, {
      delete: { value: journal.clear },
      transaction: { value: transaction },
    }) as unknown as StoreMethods;
  }

  /** Clears every collection of every store that it created; each store as a whole. */
  delete(): void {
    for (const store of this.#stores) store.deref()?.clear();
  }
}

/** The types of the original Ramify, by their names there. */
export declare namespace Ramify {
  /** A field about to be compared, as {@link Where}. */
  type WhereStage<T extends object, P extends Path<T> = Path<T>, K extends Key = Key> = Where<
    FieldValue<T, P>,
    Query<T, K>
  >;
  /** A query, as {@link Query}. */
  type ExecutableStage<T extends object, K extends Key = Key> = Query<T, K>;
  /** A sorted query, as {@link Query}. */
  type OrderableStage<T extends object, K extends Key = Key> = Query<T, K>;
  /** A limited query, as {@link Query}. */
  type LimitedStage<T extends object, K extends Key = Key> = Query<T, K>;
  /** The paths into a document, as {@link Path}. */
  type NestedKeyOf<T> = Path<T>;
  /** What happened to documents, as {@link Operation}. */
  type CollectionOperation = Operation;
}

/** Notifies observers and live queries of a commit, once every collection is in its final state. */
function announce(steps: readonly Step[], notifier: Notifier): void {
  // Most stores have no live query, and a set would cost as much as the rest.
  const touched = steps.some(({ state }) => state.watchers) ? new Set<Watcher>() : undefined;
  for (const step of steps) step.state.watchers?.collect(step, touched!);
  touched?.forEach((watcher) => watcher.invalidate());
  for (const { state, after } of steps) if (!after) state.table.compact();

  // Each notice goes to the observers that were there at the commit, and still are when its turn comes.
  const work = noticesOf(steps).map(({ step, kind, changes }) => {
    const { changeCount, definition, observers } = step.state;
    const change = new LazyChange(changes, steps);
    const type = kind === "miss" ? "delete" : kind;
    // A clear of an empty collection changes nothing either.
    const isMiss = kind === "miss" || changes.length === 0;
    return () => {
      for (const [observer, { misses, since }] of observers) {
        if (since >= changeCount || (isMiss && !misses)) continue;
        notifier.call(() => {
          // Each receives a list of keys of its own, which it may change.
          return observer(type, changes.map(({ key }) => key), change);
        }, definition.name);
      }
    };
  });
  touched?.forEach((watcher) => work.push(() => notifier.call(() => watcher.refresh(notifier))));
  notifier.run(work);
}
