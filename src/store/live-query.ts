import { assertKind } from "./errors.ts";
import type { Notifier } from "./notifier.ts";
import { type Dependency, type Followable, track, tracker } from "./tracking.ts";
import { isFoundAlike, type Watch, Watchers } from "./watchers.ts";

/**
 * The result of a callback, kept up to date with the store. Its methods need no receiver, so React's
 * `useSyncExternalStore` can call them, and Svelte accepts it as a store.
 */
export class LiveQuery<Result> {
  readonly #callback: () => Result;
  readonly #listeners = new Map<symbol, (result: Result) => void>();
  #snapshot: { readonly result: Result } | undefined;
  /** The snapshot that listeners received last. */
  #heard: { readonly result: Result } | undefined;
  #dependencies: readonly Dependency[] = [];
  /** The change count of each collection at the last run. */
  #changeCounts = new Map<Followable, number>();
  #watches: Watch[] = [];
  #isStale = true;
  /** Whether the last run threw, so the snapshot is from an earlier one. */
  #hasThrown = false;

  /** @internal */
  constructor(callback: () => Result) {
    this.#callback = callback;
  }

  /** Calls `listener` with the result, now and whenever it changes, until the returned function is called. */
  readonly subscribe: (listener: (result: Result) => void) => () => void = (listener) => {
    assertKind("function", "subscribe", listener);
    const id = Symbol();
    const isFirst = this.#listeners.size === 0;
    this.#listeners.set(id, listener);
    const unsubscribe = () => {
      this.#listeners.delete(id);
      if (this.#listeners.size === 0) this.#watch([]);
    };
    try {
      if (isFirst) {
        this.#run();
        this.#heard = this.#snapshot;
      }
      listener(this.getSnapshot());
    } catch (error) {
      unsubscribe();
      throw error;
    }
    return unsubscribe;
  };

  /** Returns the result: the same value, or the same array, as long as nothing in it has changed. */
  readonly getSnapshot: () => Result = () => {
    const counts = [...this.#changeCounts];
    const isFollowed = this.#listeners.size > 0;
    const isInTransaction = counts.some(([{ journal }]) => journal.open);
    const isCurrent = this.#snapshot && !this.#hasThrown &&
      (isFollowed && !isInTransaction
        ? !this.#isStale
        : counts.every(([collection, count]) => collection.changeCount === count));
    try {
      if (!isCurrent) {
        // What a transaction shows may be undone, and listeners would not hear of that.
        if (isFollowed && isInTransaction) return this.#callback();
        this.#run();
      }
      return this.#snapshot!.result;
    } finally {
      // A live query that reads this one depends on the same documents, even if the callback threw.
      const outer = tracker();
      if (outer) this.#dependencies.forEach(outer);
    }
  };

  /** Stops following the store and forgets every listener. */
  [Symbol.dispose](): void {
    this.#listeners.clear();
    this.#watch([]);
  }

  /** @internal */
  invalidate(): void {
    this.#isStale = true;
  }

  /** @internal */
  refresh(notifier: Notifier): void {
    if (this.#isStale && this.#listeners.size > 0) this.#run();
    if (this.#snapshot === this.#heard) return;
    this.#heard = this.#snapshot;
    const { result } = this.#snapshot!;
    for (const [id, listener] of [...this.#listeners]) {
      if (this.#listeners.has(id)) notifier.call(() => listener(result));
    }
  }

  #run(): void {
    const dependencies: Dependency[] = [];
    this.#isStale = this.#hasThrown = true;
    try {
      const result = track((dependency) => dependencies.push(dependency), this.#callback);
      if (result instanceof Promise) throw cannotWait(result);
      this.#hasThrown = false;
      // What was read in an open transaction may still be undone.
      this.#isStale = dependencies.some(({ collection }) => collection.journal.open);
      if (!this.#snapshot || !isSame(this.#snapshot.result, result)) {
        this.#snapshot = { result };
      }
    } finally {
      // A callback that threw has to run again when what it read until then changes.
      this.#dependencies = dependencies;
      this.#changeCounts = new Map(
        dependencies.map(({ collection }) => [collection, collection.changeCount]),
      );
      this.#watch(this.#listeners.size > 0 ? dependencies : []);
    }
  }

  /**
   * Watches these dependencies instead of those before; one that is looked up the same way as the one before keeps its
   * watch.
   */
  #watch(dependencies: readonly Dependency[]): void {
    const old = this.#watches;
    this.#watches = dependencies.map((dependency, position) => {
      const watchers = dependency.collection.watchers ??= new Watchers();
      const watch = old[position];
      if (watch?.watchers !== watchers || !isFoundAlike(watch.interest, dependency)) {
        return watchers.add(this, dependency);
      }
      delete old[position];
      watch.interest = dependency;
      return watch;
    });
    old.forEach((watch) => watch.watchers.delete(watch));
  }
}

function cannotWait(result: Promise<unknown>): TypeError {
  // Nobody waits for it, so nobody has to hear how it fails.
  result.catch(() => {});
  return new TypeError(
    "Cannot run a live query: its callback is asynchronous; read without await",
  );
}

/** Returns whether a new result is as good as the old one: the same value, or an array of the same elements. */
function isSame(before: unknown, after: unknown): boolean {
  if (!Array.isArray(before) || !Array.isArray(after)) return Object.is(before, after);
  return before.length === after.length &&
    before.every((element, position) => Object.is(element, after[position]));
}

/**
 * Follows what a callback reads from stores. The callback runs again only after a change that can touch what it read:
 * a document under a key, with an indexed value, in an indexed range, or up to the last one of a sorted and limited
 * query. While nobody subscribes, nothing is followed and nothing has to be released.
 *
 * The callback must neither write nor wait: what it reads after an `await` is not followed. What a later run throws
 * goes to the store's `onError`. An asynchronous callback makes `subscribe` and `getSnapshot` throw a `TypeError`.
 *
 * @example The open to-dos, followed
 * ```ts
 * import { liveQuery, Ramify, type Schema } from "rian";
 *
 * const db = new Ramify().createStore<{ todos: Schema<{ id: number; done: boolean }, "id"> }>({
 *   todos: { primaryKey: "id", indexes: ["done"] },
 * });
 * using open = liveQuery(() => db.todos.where("done").equals(false).count());
 * open.subscribe((count) => console.log(`${count} open`));
 * db.todos.add({ id: 1, done: false });
 * if (open.getSnapshot() !== 1) throw new Error("expected one");
 * ```
 */
export function liveQuery<Result>(callback: () => Result): LiveQuery<Result> {
  assertKind("function", "run a live query", callback);
  return new LiveQuery(callback);
}
