/**
 * Mirrors what a page shows into the collections of a store; loaded by pages that have one.
 *
 * @module
 */
import { type Address, addressKey } from "../processor/address.ts";
import { equal } from "../shared/equal.ts";
import type { State } from "./change.ts";
import { onceATask } from "./once-a-task.ts";
import type { Report } from "./report.ts";

/** What a mirror needs of a store, such as `createStore` of Ramify returns. */
export interface MirrorStore {
  /** Runs several writes as one. */
  transaction(work: () => void): unknown;
}

/** A collection of a store. */
interface MirrorCollection {
  readonly primaryKey: string;
  get(id: string): State | undefined;
  put(document: State): unknown;
  update(id: string, changes: State): unknown;
  delete(id: string): unknown;
}

/** An instance, and what the page shows of it. */
interface Mirrored {
  readonly address: Address;
  readonly state: State | undefined;
}

/** One that has a state. */
interface Shown extends Mirrored {
  readonly state: State;
}

/** What was written last of an instance. */
interface Written extends Shown {
  /** The document as the store had it then; it has another one as soon as somebody else writes. */
  readonly document: State | undefined;
}

/** Options of {@link mirroring}. */
export interface MirrorOptions {
  readonly report: Report;
  /** Takes everything out of the store when it aborts. */
  readonly signal: AbortSignal;
  /** Returns what the page shows. */
  readonly instances: () => readonly Mirrored[];
}

/**
 * Returns a function that is to be called when the page shows something else. Before the current task ends, the store
 * has it, in one transaction. The collection is that of the type; types without one are left out.
 */
export function mirroring(
  store: MirrorStore,
  { instances, report, signal }: MirrorOptions,
): () => void {
  if (typeof store.transaction !== "function") {
    report("no-store");
    return () => {};
  }
  const written = new Map<string, Written>();
  const due = onceATask(write);

  function write(): void {
    const shown = new Map<string, Shown>();
    for (const { address, state } of signal.aborted ? [] : instances()) {
      if (!collectionOf(address)) report("no-collection", address.type);
      else if (state) shown.set(addressKey(address), { address, state });
    }
    const gone = [...written.values()].filter(({ address }) => !shown.has(addressKey(address)));
    const changed = [...shown].filter(([key, { state }]) => written.get(key)?.state !== state);
    if (gone.length + changed.length === 0) return;
    store.transaction(() => {
      for (const { address } of gone) remove(address);
      // What one needs, such as a value that is unique, another one may have had until now.
      const failed = changed.filter(([, each]) => put(each) !== undefined);
      for (const [, each] of failed) {
        const error = put(each);
        if (error !== undefined) report("not-mirrored", each.address.type, each.address.id, error);
      }
    });
  }

  /** Writes what has changed of a document, and returns the message of what the store has against it. */
  function put({ address, state }: Shown): string | undefined {
    const collection = collectionOf(address)!;
    const { primaryKey } = collection;
    const before = written.get(addressKey(address));
    try {
      const next = { ...state, [primaryKey]: address.id };
      const changes = before && changesOf(before.state, state);
      // Where nobody else has written, what has not changed stays the very same.
      if (changes && before.document && collection.get(address.id) === before.document) {
        delete changes[primaryKey];
        collection.update(address.id, changes);
      } else collection.put(next);
      const document = collection.get(address.id);
      written.set(addressKey(address), { address, state, document });
      return undefined;
    } catch (error) {
      // Nothing is better than what is no longer so.
      remove(address);
      return (error as Error).message;
    }
  }

  function remove(address: Address): void {
    written.delete(addressKey(address));
    collectionOf(address)!.delete(address.id);
  }

  /** The methods of a store are its own as well, but are not enumerable. */
  function collectionOf({ type }: Address): MirrorCollection | undefined {
    return Object.prototype.propertyIsEnumerable.call(store, type)
      ? (store as unknown as Readonly<Record<string, MirrorCollection>>)[type]
      : undefined;
  }

  signal.addEventListener("abort", due);
  due();
  return due;
}

/** Returns the properties that have another value, or `undefined` if one is gone, which no update can do. */
function changesOf(before: State, after: State): Record<string, unknown> | undefined {
  if (Object.keys(before).some((name) => !Object.hasOwn(after, name))) return undefined;
  return Object.fromEntries(
    Object.entries(after).filter(([name, value]) =>
      !Object.hasOwn(before, name) || !equal(before[name], value)
    ),
  );
}
