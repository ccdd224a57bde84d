/**
 * What the store calls on a `Storage` and on a window.
 *
 * @module
 */

/** What `LocalStorageStore` calls on a `Storage`. */
export interface StorageBinding {
  /** How many names there are. */
  readonly length: number;
  /** The name at an index. */
  key(index: number): string | null;
  /** The value under a name. */
  getItem(name: string): string | null;
  /** Stores a value under a name. */
  setItem(name: string, value: string): void;
  /** Removes a name. */
  removeItem(name: string): void;
}

/** What `LocalStorageStore` calls on a window, to hear what other tabs do. */
export interface StorageEvents {
  /** Hears of changes in other tabs. */
  addEventListener(type: "storage", listener: (event: StorageChange) => void): void;
  /** Stops hearing. */
  removeEventListener(type: "storage", listener: (event: StorageChange) => void): void;
}

/** What a `StorageEvent` tells. */
export interface StorageChange {
  /** The name that changed, or `null` when everything was removed. */
  readonly key: string | null;
  /** The storage that changed. */
  readonly storageArea: unknown;
}
