/**
 * Documents in IndexedDB.
 *
 * @module
 */
import { type IDBPObjectStore, unwrap } from "idb";
import type { Capabilities, Entry, Key, Version } from "../src/persistence/adapter/adapter.ts";
import type { KeyRange } from "../src/persistence/adapter/base-adapter.ts";
import type { EncodedWrite } from "../src/persistence/adapter/codec.ts";
import { type EntryPage, readPage } from "../src/persistence/adapter/entry-page.ts";
import { ConflictError } from "../src/persistence/adapter/errors.ts";
import { decodeStoredKeys } from "../src/persistence/adapter/keys.ts";
import { Listeners } from "../src/persistence/adapter/listeners.ts";
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
import { type ChangedEntry, changesIn } from "./_indexed-db/changes.ts";
import { writingError } from "./_indexed-db/errors.ts";
import * as limits from "./_indexed-db/limits.ts";
import { readRecords } from "./_indexed-db/pages.ts";
import {
  encodedKeyOf,
  entryOfRecord,
  type EntryRecord,
  recordKey,
  recordOf,
  unlessExpired,
} from "./_indexed-db/record.ts";
import {
  type EntriesDatabase,
  type EntriesSchema,
  openEntries,
  rangeOf,
  readOnly,
} from "./_indexed-db/schema.ts";

/** Options of {@link IndexedDbStore}. */
export interface IndexedDbStoreOptions {
  /** The name of the database; `"rian"` by default. */
  readonly name?: string;
  /** Decides when entries expire; for tests. */
  readonly clock?: Pick<Clock, "now">;
  /** Returns a token that it never returned before; for tests. */
  readonly createVersion?: () => Version;
}

/** How many expired entries one commit removes, so none takes long. */
const maxDeletedAtOnce = 1_000;

const factoryKind: kind.Kind = {
  fits: (value) => kind.hasMethods(value, "open"),
  cure: "the indexedDB of a page or a worker",
  isRequired: true,
};
const optionKinds: kind.Kinds<IndexedDbStoreOptions> = {
  name: kind.text,
  clock: kind.timepiece,
  createVersion: kind.callback,
};

type EntriesStore = IDBPObjectStore<EntriesSchema, ["entries"], "entries", "readwrite">;

/**
 * Keeps documents in IndexedDB, in a database of its own. A commit is one transaction, so conditional writes hold
 * between all tabs and workers of the origin. Watchers hear them all, through a BroadcastChannel.
 *
 * @example In a page or a worker
 * ```ts ignore
 * import { IndexedDbStore } from "rian/indexed-db";
 *
 * const store = new IndexedDbStore(indexedDB);
 * await store.commit([{ type: "Draft", key: "letter", value: { text: "A chara," } }]);
 * store.watch("Draft", (keys) => console.log("changed here or in another tab", keys));
 * ```
 */
export class IndexedDbStore extends TextAdapter {
  /** The backend, as errors name it. */
  override readonly name = "IndexedDB";
  /** What the backend promises. */
  override readonly capabilities: Capabilities = {
    conditional: "global",
    atomicWrites: Infinity,
    atomicBytes: Infinity,
    maxValueBytes: limits.maxValueBytes,
    maxMetadataBytes: limits.maxMetadataBytes,
    watch: true,
    expiry: true,
  };
  /** The factory and the name of the database. */
  readonly source: object;
  /** @internal */
  protected override readonly place = "an entry";
  /** @internal */
  protected override readonly maxKeyBytes: number = limits.maxKeyBytes;
  readonly #factory: IDBFactory;
  readonly #databaseName: string;
  readonly #clock: Pick<Clock, "now">;
  readonly #createVersion: () => Version;
  readonly #listeners: Listeners = new Listeners();
  readonly #channel: BroadcastChannel;
  #database: Promise<EntriesDatabase> | undefined;

  /** Uses `indexedDB`; the database is opened at the first use. */
  constructor(factory: IDBFactory, options: IndexedDbStoreOptions = {}) {
    checkOptions("use IndexedDB", { factory, options }, {
      factory: factoryKind,
      options: kind.optionsOf(optionKinds),
    });
    super();
    this.#factory = factory;
    this.#databaseName = options.name ?? "rian";
    this.source = sourceWithin(factory, this.#databaseName);
    this.#clock = options.clock ?? systemClock;
    this.#createVersion = options.createVersion ?? createVersions();
    this.#channel = new BroadcastChannel(`rian/indexed-db/${this.#databaseName}`);
    this.#channel.onmessage = ({ data }) => this.#listeners.notifyOf(changesIn(data));
  }

  /** Calls the listener with the keys of a type that change here or in another tab. */
  watch(type: string, listener: (keys: readonly Key[]) => void): () => void {
    this.assertCallable(type);
    return this.#listeners.add(type, listener);
  }

  /** Returns how many entries a type has. */
  count(type: string): Promise<number> {
    return this.run(async () => {
      assertType(type);
      const database = await this.#open();
      return await readOnly(database).count(rangeOf(type));
    });
  }

  /** @internal */
  protected override async readEntry(type: string, encodedKey: string): Promise<Entry | undefined> {
    const database = await this.#open();
    return this.#entryOfRecord(await readOnly(database).get(recordKey(type, encodedKey)));
  }

  /** @internal */
  protected override async *readPages(type: string, range: KeyRange): AsyncGenerator<EntryPage> {
    const after = range.after === undefined ? undefined : recordKey(type, range.after);
    for await (const records of readRecords(() => this.#open(), type, { ...range, after })) {
      yield await readPage(records, (record) => this.#entryOfRecord(record));
    }
  }

  /** @internal */
  protected override async write(
    writes: readonly EncodedWrite[],
    checks: readonly PreparedCheck[],
  ): Promise<readonly (Version | null)[]> {
    const database = await this.#open();
    const transaction = database.transaction("entries", "readwrite");
    try {
      const { store } = transaction;
      await this.#assertVersions(store, conditionsOf(writes, checks));
      const versions = this.#apply(unwrap(store), writes);
      if (writes.some(({ put }) => put?.ttl !== undefined)) await this.#deleteExpired(store);
      // Otherwise the browser would first have to find out that nothing follows.
      transaction.commit();
      await transaction.done;
      this.#notify(writes);
      return versions;
    } catch (error) {
      // Left alone, a transaction commits what was asked of it before the error.
      abort(transaction);
      const ending: unknown = await transaction.done.catch((ending) => ending);
      const length = writes.reduce((sum, { put }) => sum + (put?.encoded.text.length ?? 0), 0);
      throw writingError(error, { ending, length });
    }
  }

  /** @internal */
  protected override async clearType(type: string): Promise<void> {
    const database = await this.#open();
    const transaction = database.transaction("entries", "readwrite");
    // Where a request fails first, it is the one that says what is wrong.
    transaction.done.catch(() => {});
    const keys = await transaction.store.getAllKeys(rangeOf(type));
    await transaction.store.delete(rangeOf(type));
    await transaction.done;
    const encodedKeys = keys.map(([, id]) => encodedKeyOf(id))
      .filter((encodedKey) => typeof encodedKey === "string");
    this.#notify(decodeStoredKeys(encodedKeys).map((key) => ({ type, key })));
  }

  /** @internal */
  protected override async release(): Promise<void> {
    this.#listeners.clear();
    this.#channel.close();
    (await this.#database)?.close();
  }

  #open(): Promise<EntriesDatabase> {
    return this.#database ??= openEntries(this.#factory, this.#databaseName).then((database) => {
      // Another tab deletes the database, or the browser has closed it: the next call opens it again.
      database.onclose = () => this.#database = undefined;
      database.onversionchange = () => {
        database.close();
        this.#database = undefined;
      };
      return database;
    }, (error) => {
      this.#database = undefined;
      throw error;
    });
  }

  async #assertVersions(store: EntriesStore, conditions: readonly PreparedCheck[]): Promise<void> {
    // Async functions, because a call that throws would leave the requests before it to fail unheard.
    const records = await Promise.all(
      conditions.map(async ({ type, encodedKey }) => await store.get(recordKey(type, encodedKey))),
    );
    for (const [index, { type, key, ifVersion }] of conditions.entries()) {
      const version = unlessExpired(records[index], this.#clock.now())?.version ?? null;
      if (ifVersion !== version) throw new ConflictError(this.name, type, key);
    }
  }

  /** Asks for the writes. Their transaction says whether they succeed, so nothing listens to each. */
  #apply(store: IDBObjectStore, writes: readonly EncodedWrite[]): readonly (Version | null)[] {
    return writes.map(({ type, encodedKey, put }) => {
      if (!put) {
        store.delete(recordKey(type, encodedKey));
        return null;
      }
      const { version = this.#createVersion() } = put;
      store.put(recordOf(put, { type, encodedKey, version, now: this.#clock.now() }));
      return version;
    });
  }

  async #deleteExpired(store: EntriesStore): Promise<void> {
    const expired = IDBKeyRange.upperBound(this.#clock.now());
    const keys = await store.index("expires").getAllKeys(expired, maxDeletedAtOnce);
    await Promise.all(keys.map((key) => store.delete(key)));
  }

  #notify(writes: readonly ChangedEntry[]): void {
    if (writes.length === 0) return;
    const changed: ChangedEntry[] = writes.map(({ type, key }) => ({ type, key }));
    this.#listeners.notifyOf(changed);
    this.#channel.postMessage(changed);
  }

  #entryOfRecord(found: EntryRecord | undefined): Entry | undefined {
    const record = unlessExpired(found, this.#clock.now());
    return record && entryOfRecord(record);
  }
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // The error has already ended it.
  }
}
