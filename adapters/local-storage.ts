/**
 * Documents in localStorage or sessionStorage.
 *
 * @module
 */
import type { Capabilities, Entry, Key, Version } from "../src/persistence/adapter.ts";
import type { Range } from "../src/persistence/base-adapter.ts";
import type { EncodedValue } from "../src/persistence/codec.ts";
import { type EntryPage, readPage } from "../src/persistence/entry-page.ts";
import { ConflictError, StorageLimitError } from "../src/persistence/errors.ts";
import { compareKeys, decodeKey } from "../src/persistence/keys.ts";
import { Listeners } from "../src/persistence/listeners.ts";
import { inPages } from "../src/persistence/page-size.ts";
import type { PreparedWrite } from "../src/persistence/prepare.ts";
import { TextAdapter } from "../src/persistence/text-adapter.ts";
import { createVersions } from "../src/persistence/versions.ts";
import { formatRecord, namePrefix, parseRecord } from "./_record.ts";
export type { EncodedValue } from "../src/persistence/codec.ts";
export type { TextAdapter } from "../src/persistence/text-adapter.ts";

/** What {@link LocalStorageStore} calls on a `Storage`. */
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

/** What {@link LocalStorageStore} calls on a window, to hear what other tabs do. */
export interface StorageEvents {
  /** Hears of changes in other tabs. */
  addEventListener(type: "storage", listener: (event: StorageChange) => void): void;
  /** Stops hearing. */
  removeEventListener(type: "storage", listener: (event: StorageChange) => void): void;
}

/** What a `StorageEvent` tells: the name that changed, or `null` when everything was removed. */
export interface StorageChange {
  /** The name that changed, or `null` when everything was removed. */
  readonly key: string | null;
  /** The storage that changed. */
  readonly storageArea: unknown;
}

/** What a {@link LocalStorageStore} can be told. */
export interface LocalStorageStoreOptions {
  /** What every name begins with; `"rian/"` unless told otherwise. */
  readonly prefix?: string;
  /** The window, to watch what other tabs write as well. */
  readonly events?: StorageEvents;
  /** Milliseconds since 1970; decides when entries expire. */
  readonly now?: () => number;
  /** A token that was never returned before. */
  readonly createVersion?: () => Version;
}

/**
 * Keeps documents in localStorage or sessionStorage, under names such as `rian/User/42`. All of them together
 * may be about five million characters.
 *
 * Conditional writes hold within one tab only, because nothing makes localStorage safe between tabs: let one tab
 * write, or use IndexedDB.
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
  /** @internal */
  protected override readonly place = "localStorage";
  readonly #storage: StorageBinding;
  readonly #prefix: string;
  readonly #events: StorageEvents | undefined;
  readonly #now: () => number;
  readonly #createVersion: () => Version;
  readonly #listeners: Listeners = new Listeners();

  /** Uses `localStorage` or `sessionStorage`. */
  constructor(storage: StorageBinding, options: LocalStorageStoreOptions = {}) {
    super();
    this.#storage = storage;
    this.#prefix = options.prefix ?? "rian/";
    this.#events = options.events;
    this.#now = options.now ?? Date.now;
    this.#createVersion = options.createVersion ?? createVersions();
    this.#events?.addEventListener("storage", this.#hear);
    this.capabilities = {
      conditional: "process",
      atomicWrites: Infinity,
      atomicBytes: Infinity,
      maxValueBytes: 5_000_000,
      watch: this.#events !== undefined,
      expiry: true,
    };
  }

  /** Hears what this adapter writes, and what other tabs write if it was given the window. */
  watch(type: string, listener: (keys: readonly Key[]) => void): () => void {
    return this.#listeners.add(type, listener);
  }

  /** @internal */
  protected override async readEntry(type: string, id: string): Promise<Entry | undefined> {
    return this.#entry(type, id);
  }

  /** @internal */
  protected override async *readPages(type: string, range: Range): AsyncGenerator<EntryPage> {
    const { after, limit, reverse } = range;
    const compare = (a: string, b: string) => reverse ? compareKeys(b, a) : compareKeys(a, b);
    const ids = this.#idsOf(type).filter((id) => after === undefined || compare(id, after) > 0);
    for (const page of inPages(ids.sort(compare), limit)) {
      yield await readPage(page, (id) => this.#entry(type, id));
    }
  }

  /** @internal */
  protected override async write(
    writes: readonly PreparedWrite<EncodedValue>[],
  ): Promise<readonly (Version | null)[]> {
    for (const { type, key, id, ifVersion } of writes) {
      if (ifVersion === undefined) continue;
      const version = this.#entry(type, id)?.version ?? null;
      if (version !== ifVersion) throw new ConflictError(this.name, type, key);
    }
    const versions = this.#applyOrRestore(writes);
    this.#listeners.notifyOf(writes);
    return versions;
  }

  /** @internal */
  protected override async clearType(type: string): Promise<void> {
    const ids = this.#idsOf(type);
    for (const id of ids) this.#storage.removeItem(this.#nameOf(type, id));
    this.#listeners.notify(type, ids.map(decodeKey));
  }

  /** @internal */
  protected override async release(): Promise<void> {
    this.#listeners.clear();
    this.#events?.removeEventListener("storage", this.#hear);
  }

  /** Nothing runs in between, so that only a full storage can stop this halfway. */
  #applyOrRestore(writes: readonly PreparedWrite<EncodedValue>[]): (Version | null)[] {
    const before = new Map<string, string | null>();
    try {
      return writes.map((write) => {
        const name = this.#nameOf(write.type, write.id);
        before.set(name, this.#storage.getItem(name));
        return this.#apply(name, write);
      });
    } catch (cause) {
      // Removing first makes room for what was there.
      for (const name of before.keys()) this.#storage.removeItem(name);
      for (const [name, value] of before) {
        if (value !== null) this.#storage.setItem(name, value);
      }
      throw this.#explain(cause, writes);
    }
  }

  #apply(name: string, { put }: PreparedWrite<EncodedValue>): Version | null {
    if (!put) {
      this.#storage.removeItem(name);
      return null;
    }
    const { encoded, metadata, ttl } = put;
    const version = this.#createVersion();
    const expires = ttl === undefined ? undefined : this.#now() + ttl;
    const header = { format: encoded.format, version, metadata, expires };
    this.#storage.setItem(name, formatRecord(header, encoded));
    return version;
  }

  #explain(cause: unknown, writes: readonly PreparedWrite<EncodedValue>[]): unknown {
    if (!(cause instanceof Error) || !/quota/i.test(cause.name + cause.message)) return cause;
    const allowed = this.#names().reduce((sum, name) => {
      return sum + name.length + (this.#storage.getItem(name)?.length ?? 0);
    }, 0);
    const wanted = writes.reduce((sum, { put }) => sum + (put?.encoded.text.length ?? 0), 0);
    return new StorageLimitError(
      `Cannot commit to ${this.name}: it holds ${allowed} characters and has no room for ${wanted} more; ` +
        "delete something first",
      { limit: "storage characters", allowed, actual: allowed + wanted },
    );
  }

  #hear = ({ key: name, storageArea }: StorageChange): void => {
    if (storageArea !== this.#storage || !name?.startsWith(this.#prefix)) return;
    for (const type of this.#listeners.types()) {
      const prefix = namePrefix(this.#prefix, type);
      if (name.startsWith(prefix)) {
        this.#listeners.notify(type, [decodeKey(name.slice(prefix.length))]);
      }
    }
  };

  #entry(type: string, id: string): Entry | undefined {
    const record = this.#storage.getItem(this.#nameOf(type, id));
    return record === null ? undefined : parseRecord(record, { type, id, now: this.#now() });
  }

  #idsOf(type: string): string[] {
    const prefix = namePrefix(this.#prefix, type);
    return this.#names().filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
  }

  #names(): string[] {
    return Array.from({ length: this.#storage.length }, (_, index) => this.#storage.key(index)!);
  }

  #nameOf(type: string, id: string): string {
    return namePrefix(this.#prefix, type) + id;
  }
}
