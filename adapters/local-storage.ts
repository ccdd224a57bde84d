/**
 * Documents in localStorage or sessionStorage.
 *
 * @module
 */
import type { Capabilities, Entry, Key, Version } from "../src/persistence/adapter/adapter.ts";
import type { KeyRange } from "../src/persistence/adapter/base-adapter.ts";
import type { EncodedWrite } from "../src/persistence/adapter/codec.ts";
import { type EntryPage, readPage } from "../src/persistence/adapter/entry-page.ts";
import { ConflictError } from "../src/persistence/adapter/errors.ts";
import { compareKeys, sortEncodedKeys } from "../src/persistence/adapter/keys.ts";
import { inPages } from "../src/persistence/adapter/page-size.ts";
import {
  assertType,
  conditionsOf,
  type PreparedCheck,
} from "../src/persistence/adapter/prepare.ts";
import { sourceWithin } from "../src/persistence/adapter/source.ts";
import { TextAdapter } from "../src/persistence/adapter/text-adapter.ts";
import { createVersions } from "../src/persistence/adapter/versions.ts";
import { checkOptions } from "../src/shared/check-options.ts";
import { type Clock, systemClock } from "../src/shared/clock.ts";
import * as kind from "../src/shared/kinds.ts";
import { own } from "../src/shared/own.ts";
import {
  eventsKind,
  type StorageBinding,
  type StorageEvents,
  storageKind,
} from "./_local-storage/binding.ts";
import * as limits from "./_local-storage/limits.ts";
import { type NamedText, namesOf, noRoom, removeExpired, storeAll } from "./_local-storage/room.ts";
import { StorageWatchers } from "./_local-storage/watchers.ts";
import {
  formatRecord,
  isExpired,
  namePrefix,
  parseHeader,
  parseRecord,
  rootOf,
} from "./_shared/record.ts";

export type { StorageBinding, StorageChange, StorageEvents } from "./_local-storage/binding.ts";

/** Options of {@link LocalStorageStore}. */
export interface LocalStorageStoreOptions {
  /** What every name begins with, before a slash; `"rian"` by default. */
  readonly prefix?: string;
  /** The window, so watchers also hear what other tabs write. */
  readonly events?: StorageEvents;
  /** Decides when entries expire; for tests. */
  readonly clock?: Pick<Clock, "now">;
  /** Returns a token that it never returned before; for tests. */
  readonly createVersion?: () => Version;
}

const optionKinds: kind.Kinds<LocalStorageStoreOptions> = {
  prefix: kind.text,
  events: eventsKind,
  clock: kind.timepiece,
  createVersion: kind.callback,
};

/**
 * Keeps documents in localStorage or sessionStorage, under names such as `rian/User/42`. All of them together may have
 * about five million characters.
 *
 * Conditional writes hold within one tab only, because nothing makes localStorage safe between tabs: let one tab write,
 * or use IndexedDB.
 *
 * @example In a page
 * ```ts ignore
 * import { LocalStorageStore } from "rian/local-storage";
 *
 * const store = new LocalStorageStore(localStorage, { events: window });
 * await store.commit([{ type: "Settings", key: "theme", value: "dark" }]);
 * store.watch("Settings", (keys) => console.log("changed here or in another tab", keys));
 * ```
 */
export class LocalStorageStore extends TextAdapter {
  /** The backend, as errors name it. */
  override readonly name = "localStorage";
  /** What the backend promises. */
  override readonly capabilities: Capabilities;
  /** The `Storage` and the prefix. */
  readonly source: object;
  /** @internal */
  protected override readonly place = "localStorage";
  readonly #storage: StorageBinding;
  readonly #root: string;
  readonly #clock: Pick<Clock, "now">;
  readonly #createVersion: () => Version;
  readonly #watchers: StorageWatchers;
  #hasWritten = false;

  /** Uses `localStorage` or `sessionStorage`. */
  constructor(storage: StorageBinding, options: LocalStorageStoreOptions = {}) {
    checkOptions("use localStorage", { storage, options }, {
      storage: storageKind,
      options: kind.optionsOf(optionKinds),
    });
    super();
    const { prefix = "rian", events, clock = systemClock, createVersion = createVersions() } = own(
      options,
    );
    this.#storage = storage;
    this.#root = rootOf(prefix);
    this.source = sourceWithin(storage, this.#root);
    this.#clock = clock;
    this.#createVersion = createVersion;
    const encodedKeysOf = (type: string) => this.#encodedKeysOf(type);
    this.#watchers = new StorageWatchers(storage, { root: this.#root, events, encodedKeysOf });
    this.capabilities = {
      conditional: "process",
      atomicWrites: Infinity,
      atomicBytes: Infinity,
      maxValueBytes: limits.maxValueBytes,
      maxMetadataBytes: limits.maxMetadataBytes,
      watch: events !== undefined,
      expiry: true,
    };
  }

  /**
   * Calls the listener with the keys of a type that change, until the returned function is called. It hears this store,
   * others of this tab on the same storage and prefix, and other tabs if this store was given the window. When another
   * tab clears the whole storage, it hears the keys that were there when watching began or that it heard of since.
   */
  watch(type: string, listener: (keys: readonly Key[]) => void): () => void {
    this.assertCallable(type);
    return this.#watchers.add(type, listener);
  }

  /** Returns how many entries a type has. */
  count(type: string): Promise<number> {
    return this.run(() => {
      assertType(type);
      return this.#encodedKeysOf(type).length;
    });
  }

  /** @internal */
  protected override readEntry(type: string, encodedKey: string): Entry | undefined {
    return this.#entry(type, encodedKey);
  }

  /** @internal */
  protected override async *readPages(type: string, range: KeyRange): AsyncGenerator<EntryPage> {
    const { after, limit, reverse } = range;
    const direction = reverse ? -1 : 1;
    const isInRange = (encodedKey: string) =>
      after === undefined || direction * compareKeys(encodedKey, after) > 0;
    const encodedKeys = sortEncodedKeys(this.#encodedKeysOf(type).filter(isInRange));
    for (const page of inPages(reverse ? encodedKeys.reverse() : encodedKeys, limit)) {
      yield await readPage(page, (encodedKey) => this.#entry(type, encodedKey));
    }
  }

  /** @internal */
  protected override write(
    writes: readonly EncodedWrite[],
    checks: readonly PreparedCheck[],
  ): readonly (Version | null)[] {
    for (const { type, key, encodedKey, ifVersion } of conditionsOf(writes, checks)) {
      if (this.#versionOf(type, encodedKey) !== ifVersion) {
        throw new ConflictError(this.name, type, key);
      }
    }
    const records = writes.map((write) => this.#toRecord(write));
    const isStored = storeAll(this.#storage, records) ||
      removeExpired(this.#storage, this.#root, this.#clock.now()) &&
        storeAll(this.#storage, records);
    if (!isStored) throw noRoom(this.name, this.#storage, writes);
    if (writes.length > 0) this.#hasWritten = true;
    this.#watchers.notifyAll(writes);
    return records.map(({ version }) => version);
  }

  /** @internal */
  protected override clearType(type: string): void {
    const encodedKeys = this.#encodedKeysOf(type);
    for (const encodedKey of encodedKeys) this.#storage.removeItem(this.#nameOf(type, encodedKey));
    this.#watchers.notifyAll(encodedKeys.map((encodedKey) => ({ type, encodedKey })));
  }

  /** @internal */
  protected override async release(): Promise<void> {
    this.#watchers.close();
  }

  #toRecord(
    { type, encodedKey, put }: EncodedWrite,
  ): NamedText & { readonly version: Version | null } {
    const name = this.#nameOf(type, encodedKey);
    if (!put) return { name, text: undefined, version: null };
    const { encoded, metadata, ttl, version = this.#createVersion() } = put;
    const expires = ttl === undefined ? undefined : this.#clock.now() + ttl;
    const header = { format: encoded.format, version, metadata, expires };
    return { name, text: formatRecord(header, encoded), version };
  }

  #entry(type: string, encodedKey: string): Entry | undefined {
    const name = this.#nameOf(type, encodedKey);
    const record = this.#storage.getItem(name);
    if (record === null) return undefined;
    const entry = parseRecord(record, { type, encodedKey, now: this.#clock.now() });
    // A tab that only reads may notice too late that another one has written the entry anew, and would remove that.
    if (!entry && this.#hasWritten) this.#storage.removeItem(name);
    return entry;
  }

  /** Returns the version of an entry, `null` if there is none, or `undefined` if the entry cannot be read. */
  #versionOf(type: string, encodedKey: string): Version | null | undefined {
    const record = this.#storage.getItem(this.#nameOf(type, encodedKey));
    if (record === null) return null;
    const header = parseHeader(record);
    return header && isExpired(header, this.#clock.now()) ? null : header?.version;
  }

  #encodedKeysOf(type: string): string[] {
    const prefix = namePrefix(this.#root, type);
    return namesOf(this.#storage).filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
  }

  #nameOf(type: string, encodedKey: string): string {
    return namePrefix(this.#root, type) + encodedKey;
  }
}
