/**
 * The watchers of a `Storage`. The platform notifies other tabs of a change, by a `storage` event, but not the tab that
 * wrote; so the stores of one tab that use the same `Storage` notify each other.
 *
 * @module
 */
import type { Key } from "../../src/persistence/adapter/adapter.ts";
import { decodeStoredKeys } from "../../src/persistence/adapter/keys.ts";
import { Listeners } from "../../src/persistence/adapter/listeners.ts";
import { namePrefix } from "../_shared/record.ts";
import type { StorageChange, StorageEvents } from "./binding.ts";

/** An entry that was written. */
type Written = { readonly type: string; readonly encodedKey: string };

/** The watchers of all stores in this tab, by the `Storage` and what their names begin with. */
const watchersOf: WeakMap<object, Map<string, Set<StorageWatchers>>> = new WeakMap();

/** The watchers of one store. */
export class StorageWatchers {
  readonly #listeners: Listeners = new Listeners();
  /** The known keys of each watched type: when everything is removed, nothing else says which they were. */
  readonly #known: Map<string, Set<string>> = new Map();
  readonly #storage: object;
  readonly #root: string;
  readonly #events: StorageEvents | undefined;
  readonly #encodedKeysOf: (type: string) => readonly string[];
  readonly #together: Set<StorageWatchers>;

  /** `events` is the window, if other tabs should be heard; `encodedKeysOf` returns what is stored now. */
  constructor(storage: object, { root, events, encodedKeysOf }: {
    /** What all names of the store begin with. */
    readonly root: string;
    readonly events: StorageEvents | undefined;
    readonly encodedKeysOf: (type: string) => readonly string[];
  }) {
    this.#storage = storage;
    this.#root = root;
    this.#events = events;
    this.#encodedKeysOf = encodedKeysOf;
    this.#events?.addEventListener("storage", this.#hear);
    const byRoot = watchersOf.get(storage) ?? new Map<string, Set<StorageWatchers>>();
    watchersOf.set(storage, byRoot);
    this.#together = byRoot.get(root) ?? new Set();
    byRoot.set(root, this.#together.add(this));
  }

  /** Adds a listener until the returned function is called. */
  add(type: string, listener: (keys: readonly Key[]) => void): () => void {
    if (!this.#known.has(type)) {
      this.#known.set(type, new Set(this.#events && this.#encodedKeysOf(type)));
    }
    const remove = this.#listeners.add(type, listener);
    return () => {
      remove();
      if (!this.#listeners.has(type)) this.#known.delete(type);
    };
  }

  /** Notifies every store of this tab of what one of them has written. */
  notifyAll(written: readonly Written[]): void {
    for (const watchers of this.#together) watchers.#notify(written);
  }

  /** Ends every watch. */
  close(): void {
    this.#events?.removeEventListener("storage", this.#hear);
    this.#listeners.clear();
    this.#known.clear();
    this.#together.delete(this);
  }

  #hear = ({ key: name, storageArea }: StorageChange): void => {
    if (storageArea !== this.#storage) return;
    const written: Written[] = [];
    for (const type of this.#known.keys()) {
      const prefix = namePrefix(this.#root, type);
      if (name === null) written.push(...this.#removed(type));
      else if (name.startsWith(prefix)) {
        written.push({ type, encodedKey: name.slice(prefix.length) });
      }
    }
    this.#notify(written);
  };

  /** Returns the entries that were known and are gone. */
  #removed(type: string): Written[] {
    const stored = new Set(this.#encodedKeysOf(type));
    const encodedKeys = [...this.#known.get(type)!].filter((encodedKey) => !stored.has(encodedKey));
    this.#known.set(type, stored);
    return encodedKeys.map((encodedKey) => ({ type, encodedKey }));
  }

  #notify(written: readonly Written[]): void {
    for (const [type, known] of this.#known) {
      const encodedKeys = written.filter((each) => each.type === type).map(({ encodedKey }) =>
        encodedKey
      );
      for (const encodedKey of encodedKeys) known.add(encodedKey);
      this.#listeners.notify(type, decodeStoredKeys(encodedKeys));
    }
  }
}
