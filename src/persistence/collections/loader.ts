import { equal } from "../../shared/equal.ts";
import type { Entry, Key } from "../adapter/adapter.ts";
import type { Backlog } from "./backlog.ts";
import { type FollowedCollection, referenceTo } from "./followed-collection.ts";
import { identity } from "./identity.ts";
import type { Memory, OwnWrite } from "./memory.ts";
import type { StoredDocument } from "./options.ts";
import type { Reporter } from "./reporter.ts";
import { documentOf, hasKey, isOfToday, migrated } from "./schema-version.ts";
import type { StorageCalls } from "./storage-calls.ts";
import { noteUnsure } from "./unsure.ts";

/** An entry and its document, in today's schema version. */
interface Loaded extends OwnWrite {
  readonly entry: Entry;
  readonly document: StoredDocument;
}

/** Puts the entries of one collection into memory, except where memory has something newer. */
export class Loader {
  readonly #collection: FollowedCollection;
  readonly #storage: StorageCalls;
  readonly #memory: Memory;
  readonly #backlog: Backlog;
  readonly #reporter: Reporter;

  constructor(collection: FollowedCollection, { storage, memory, backlog, reporter }: {
    readonly storage: StorageCalls;
    readonly memory: Memory;
    readonly backlog: Backlog;
    readonly reporter: Reporter;
  }) {
    this.#collection = collection;
    this.#storage = storage;
    this.#memory = memory;
    this.#backlog = backlog;
    this.#reporter = reporter;
  }

  /** Puts entries that were listed into memory. */
  async load(entries: readonly Entry[]): Promise<void> {
    if (!this.#isWanted() || this.#putAsTheyAre(entries)) return;
    const collection = this.#collection;
    const loaded: Loaded[] = [];
    for (const entry of entries) {
      try {
        const document = documentOf(entry, collection);
        // Most need no migration, and waiting for each would cost more than reading it.
        const today = document instanceof Promise ? await document : document;
        loaded.push({ collection, key: entry.key, document: today, entry });
      } catch (error) {
        this.#leave(entry, error);
      }
    }
    const clean = loaded.filter((each) => !this.#keepsLocal(each));
    if (this.#put(clean)) return;
    for (const each of clean) await this.#putAlone(each);
  }

  /** Whether memory is still followed, and has not been cleared. */
  #isWanted(): boolean {
    return !this.#storage.isClosed && !this.#collection.mustClear;
  }

  /** Puts entries that need no second look into memory, as most do; returns false if some do. */
  #putAsTheyAre(entries: readonly Entry[]): boolean {
    const collection = this.#collection;
    const dirty = this.#backlog.dirty.of(collection);
    for (const entry of entries) {
      if (!isOfToday(entry, collection) || !hasKey(entry.value, entry.key, collection)) {
        return false;
      }
      if (dirty.size > 0 && dirty.has(identity(entry.key))) return false;
    }
    try {
      this.#memory.put(collection, entries);
    } catch {
      return false;
    }
    for (const entry of entries) collection.known.learn(entry.key, entry);
    return true;
  }

  /** Returns whether memory wants no entries or has something newer, whose origin is noted. */
  #keepsLocal({ entry, document }: Pick<Loaded, "entry" | "document">): boolean {
    if (!this.#isWanted()) return true;
    const collection = this.#collection;
    const { dirty } = this.#backlog;
    const local = dirty.get(collection, entry.key);
    if (local === undefined) return false;
    collection.known.learn(entry.key, entry);
    local.base = document;
    if (document === entry.value && equal(collection.get(entry.key), document)) dirty.remove(local);
    return true;
  }

  /** Puts documents into memory; returns false if it does not take them all. */
  #put(loaded: readonly Loaded[]): boolean {
    const collection = this.#collection;
    if (!loaded.every(({ entry, document }) => hasKey(document, entry.key, collection))) {
      return false;
    }
    try {
      this.#memory.write(loaded);
    } catch {
      return false;
    }
    for (const { key, document, entry } of loaded) {
      collection.known.learn(key, entry);
      if (document !== entry.value) this.#writeBack(key, document);
    }
    return true;
  }

  /** Puts a document that may be the one that does not fit, after migrating it if need be. */
  async #putAlone(loaded: Loaded): Promise<void> {
    const { entry } = loaded;
    // Others were waited for since memory was last compared.
    if (this.#keepsLocal(loaded) || this.#put([loaded])) return;
    try {
      const document = await migrated(entry, this.#collection);
      if (!this.#keepsLocal({ entry, document })) this.#move(entry, document);
    } catch (error) {
      this.#leave(entry, error);
    }
  }

  /** Puts a document that was migrated, which may have another key than its entry. */
  #move(entry: Entry, document: StoredDocument): void {
    const collection = this.#collection;
    const { name, primaryKey } = collection;
    const key = document[primaryKey] as Key;
    const isMoved = !hasKey(document, entry.key, collection);
    if (isMoved && collection.get(key) !== undefined) {
      throw new Error(
        `Cannot read ${name}: migrate gave two documents the same ${primaryKey}; keep them apart`,
      );
    }
    this.#memory.write([{ collection, key, document }]);
    collection.known.learn(entry.key, entry);
    this.#writeBack(key, isMoved ? undefined : document);
    if (isMoved) this.#writeBack(entry.key, entry.value as StoredDocument);
  }

  /** Has a migrated document written, unless an observer has changed it and it will be written anyway. */
  #writeBack(key: Key, before: StoredDocument | undefined): void {
    const { dirty } = this.#backlog;
    if (dirty.get(this.#collection, key) === undefined) {
      this.#backlog.add(this.#collection, key, before);
    }
  }

  /** Leaves an entry that cannot be used in storage, until somebody writes under its key. */
  #leave(entry: Entry, error: unknown): void {
    const collection = this.#collection;
    const { key, value } = entry;
    collection.known.learn(key, entry);
    // A deletion here is meant for what storage has, even though memory never had it.
    const dirty = this.#backlog.dirty.get(collection, key);
    if (dirty !== undefined) noteUnsure(dirty, value as StoredDocument);
    this.#reporter.report(error, referenceTo({ collection, key }));
  }
}
