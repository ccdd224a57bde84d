/**
 * Documents in IndexedDB.
 *
 * @module
 */
import type {
  Capabilities,
  Entry,
  JournalCodec,
  Key,
  Version,
} from "../src/persistence/adapter/adapter.ts";
import type { KeyRange } from "../src/persistence/adapter/base-adapter.ts";
import { type EncodedWrite, journalCodec } from "../src/persistence/adapter/codec.ts";
import { type EntryPage, readPage } from "../src/persistence/adapter/entry-page.ts";
import { decodeStoredKeys } from "../src/persistence/adapter/keys.ts";
import { Listeners } from "../src/persistence/adapter/listeners.ts";
import { assertType, type PreparedCheck } from "../src/persistence/adapter/prepare.ts";
import { sourceWithin } from "../src/persistence/adapter/source.ts";
import { TextAdapter } from "../src/persistence/adapter/text-adapter.ts";
import { createVersions } from "../src/persistence/adapter/versions.ts";
import { checkOptions } from "../src/shared/check-options.ts";
import { type Clock, systemClock } from "../src/shared/clock.ts";
import * as kind from "../src/shared/kinds.ts";
import { ChangeChannel, type ChangedEntry } from "./_indexed-db/changes.ts";
import { askCommit } from "./_indexed-db/commit.ts";
import { Connection } from "./_indexed-db/connection.ts";
import { writingError } from "./_indexed-db/errors.ts";
import * as limits from "./_indexed-db/limits.ts";
import { readRecords } from "./_indexed-db/pages.ts";
import {
  encodedKeyOf,
  entryOfRecord,
  type EntryRecord,
  type RecordKey,
  recordKey,
  unlessExpired,
} from "./_indexed-db/record.ts";
import { rangeOf } from "./_indexed-db/schema.ts";

/** Options of {@link IndexedDbStore}. */
export interface IndexedDbStoreOptions {
  /** The name of the database; `"rian"` by default. */
  readonly name?: string;
  /**
   * Receives why the database has not opened for three seconds, and the call goes on waiting; by default
   * `console.warn` shows it.
   */
  readonly onBlocked?: (problem: Error) => void;
  /** Decides when entries expire, and how long three seconds are; for tests. */
  readonly clock?: Clock;
  /** Returns a token that it never returned before; for tests. */
  readonly createVersion?: () => Version;
}

const factoryKind: kind.Kind = {
  fits: (value) => kind.hasMethods(value, "open"),
  cure: "the indexedDB of a page or a worker",
  isRequired: true,
};
const optionKinds: kind.Kinds<IndexedDbStoreOptions> = {
  name: kind.text,
  onBlocked: kind.callback,
  clock: kind.clock,
  createVersion: kind.callback,
};

/**
 * Keeps documents in IndexedDB, in a database of its own. A commit is one transaction, so conditional writes hold
 * between all tabs and workers of the origin. Watchers hear them all, through a BroadcastChannel.
 *
 * A connection that the browser has closed is opened again, and what failed with it is tried once more.
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
  /** How `persist` notes edits, under the name of the database. */
  readonly journal: JournalCodec;
  /** @internal */
  protected override readonly place = "an entry";
  /** @internal */
  protected override readonly maxKeyBytes: number = limits.maxKeyBytes;
  readonly #clock: Clock;
  readonly #createVersion: () => Version;
  readonly #listeners: Listeners = new Listeners();
  readonly #channel: ChangeChannel;
  readonly #connection: Connection;

  /** Uses `indexedDB`; the database is opened at the first use. */
  constructor(factory: IDBFactory, options: IndexedDbStoreOptions = {}) {
    const kinds = { factory: factoryKind, options: kind.optionsOf(optionKinds) };
    const checked = checkOptions("use IndexedDB", { factory, options }, kinds);
    super();
    const { name = "rian", onBlocked = warn, clock = systemClock, createVersion } = checked.options;
    this.source = sourceWithin(factory, name);
    this.journal = journalCodec(name);
    this.#clock = clock;
    this.#createVersion = createVersion ?? createVersions();
    this.#channel = new ChangeChannel(name, (changed) => this.#listeners.notifyOf(changed));
    this.#connection = new Connection({ factory, name, clock, onBlocked });
  }

  /** Calls the listener with the keys of a type that change here or in another tab. */
  watch(type: string, listener: (keys: readonly Key[]) => void): () => void {
    this.assertCallable(type);
    this.#channel.open();
    return this.#listeners.add(type, listener);
  }

  /** Returns how many entries a type has. */
  count(type: string): Promise<number> {
    return this.run(() => {
      assertType(type);
      return this.#connection.transact<number>("readonly", ({ entries, after, finish }) => {
        after(entries.count(rangeOf(type)), finish);
      });
    });
  }

  /**
   * Ends every transaction that is not being committed, for a page that goes away: open ones can keep the next page from
   * opening the database. The commits and clears among them reject, and nothing of theirs is written. Reads, and calls
   * that are made from now on, wait for {@link resume} and begin anew.
   */
  suspend(): void {
    this.#connection.suspend();
    this.#channel.close();
  }

  /** Lets the calls go on that waited since {@link suspend}. What other tabs wrote meanwhile was not heard. */
  resume(): void {
    this.#connection.resume();
    if (this.#listeners.any) this.#channel.open();
  }

  /** Closes the store. Calls that wait for {@link resume} are refused. */
  override close(): Promise<void> {
    this.#connection.refuseWaiting();
    return super.close();
  }

  /** @internal */
  protected override async readEntry(type: string, encodedKey: string): Promise<Entry | undefined> {
    const record = await this.#connection.transact<EntryRecord | undefined>(
      "readonly",
      ({ entries, after, finish }) => after(entries.get(recordKey(type, encodedKey)), finish),
    );
    return this.#entryOfRecord(record);
  }

  /** @internal */
  protected override async *readPages(type: string, range: KeyRange): AsyncGenerator<EntryPage> {
    const after = range.after === undefined ? undefined : recordKey(type, range.after);
    for await (const records of readRecords(this.#connection, type, { ...range, after })) {
      yield await readPage(records, (record) => this.#entryOfRecord(record));
    }
  }

  /** @internal */
  protected override async write(
    writes: readonly EncodedWrite[],
    checks: readonly PreparedCheck[],
  ): Promise<readonly (Version | null)[]> {
    const now = this.#clock.now();
    const versions = writes.map(({ put }) => put ? put.version ?? this.#createVersion() : null);
    const commit = { writes, checks, versions, now, adapter: this.name };
    try {
      await this.#connection.transact<void>("readwrite", (asking) => askCommit(asking, commit));
    } catch (error) {
      const length = writes.reduce((sum, { put }) => sum + (put?.encoded.text.length ?? 0), 0);
      throw writingError(error, length);
    }
    this.#notify(writes);
    return versions;
  }

  /** @internal */
  protected override async clearType(type: string): Promise<void> {
    const keys = await this.#connection.transact<readonly IDBValidKey[]>(
      "readwrite",
      ({ entries, after, finish }) => {
        after(entries.getAllKeys(rangeOf(type)), (keys) => {
          entries.delete(rangeOf(type));
          finish(keys);
        });
      },
    );
    const encodedKeys = keys.map((key) => encodedKeyOf((key as RecordKey)[1]))
      .filter((encodedKey) => typeof encodedKey === "string");
    this.#notify(decodeStoredKeys(encodedKeys).map((key) => ({ type, key })));
  }

  /** @internal */
  protected override release(): Promise<void> {
    this.#listeners.clear();
    this.#channel.close();
    this.#connection.close();
    return Promise.resolve();
  }

  #notify(writes: readonly ChangedEntry[]): void {
    if (writes.length === 0) return;
    const changed: ChangedEntry[] = writes.map(({ type, key }) => ({ type, key }));
    this.#listeners.notifyOf(changed);
    this.#channel.post(changed);
  }

  #entryOfRecord(found: EntryRecord | undefined): Entry | undefined {
    const record = unlessExpired(found, this.#clock.now());
    return record && entryOfRecord(record);
  }
}

function warn(problem: Error): void {
  console.warn(problem.message);
}
