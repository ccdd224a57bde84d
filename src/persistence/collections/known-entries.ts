import type { Key } from "../../shared/key.ts";
import type { Version } from "../adapter/adapter.ts";
import { identity } from "./identity.ts";

/** What is known of a collection's entries in storage. */
export class KnownEntries {
  /** Whether storage compares versions; if not, there are none to remember. */
  readonly isConditional: boolean;
  readonly #versions: Map<unknown, Version> = new Map();
  readonly #unreadable: Set<unknown> = new Set();

  constructor(isConditional: boolean) {
    this.isConditional = isConditional;
  }

  /** Remembers the version of an entry that can be read, or that there is none. */
  learn(key: Key, entry: { readonly version: Version } | undefined): void {
    const id = identity(key);
    this.#unreadable.delete(id);
    if (!this.isConditional) return;
    if (entry === undefined) this.#versions.delete(id);
    else this.#versions.set(id, entry.version);
  }

  /** Remembers that an entry cannot be read or used, which has been reported. */
  markUnreadable(key: Key): void {
    this.#unreadable.add(identity(key));
  }

  /** Forgets all entries, as the collection was cleared. */
  clear(): void {
    this.#versions.clear();
    this.#unreadable.clear();
  }

  /** Returns the version that storage has under a key; `undefined` for no entry. */
  versionOf(key: Key): Version | undefined {
    return this.#versions.get(identity(key));
  }

  /** Returns whether there is an entry under a key that cannot be read or used. */
  isUnreadable(key: Key): boolean {
    return this.#unreadable.has(identity(key));
  }
}
