/**
 * The parts of a `Storage` and of a window that the store uses.
 *
 * @module
 */

import { hasMethods, type Kind } from "../../src/shared/kinds.ts";

/** The part of a `Storage` that `LocalStorageStore` uses. */
export interface StorageBinding {
  /** How many names there are. */
  readonly length: number;
  /** Returns the name at an index. */
  key(index: number): string | null;
  /** Returns the value under a name. */
  getItem(name: string): string | null;
  /** Stores a value under a name. */
  setItem(name: string, value: string): void;
  /** Removes a name. */
  removeItem(name: string): void;
}

/** The part of a window with which `LocalStorageStore` hears what other tabs do. */
export interface StorageEvents {
  /** Adds a listener for changes in other tabs. */
  addEventListener(type: "storage", listener: (event: StorageChange) => void): void;
  /** Removes the listener. */
  removeEventListener(type: "storage", listener: (event: StorageChange) => void): void;
}

/** The part of a `StorageEvent` that the store reads. */
export interface StorageChange {
  /** The name that changed, or `null` when everything was removed. */
  readonly key: string | null;
  /** The storage that changed. */
  readonly storageArea: unknown;
}

/** The kind of a `Storage`. */
export const storageKind: Kind = {
  fits: (value) => hasMethods(value, "key", "getItem", "setItem", "removeItem"),
  cure: "localStorage or sessionStorage",
  isRequired: true,
};

/** The kind of a window. */
export const eventsKind: Kind = {
  fits: (value) => hasMethods(value, "addEventListener", "removeEventListener"),
  cure: "the window",
};
