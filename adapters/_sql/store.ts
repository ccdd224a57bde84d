import type { Entry, Version } from "../../src/persistence/adapter/adapter.ts";
import type { KeyRange } from "../../src/persistence/adapter/base-adapter.ts";
import type { EncodedWrite } from "../../src/persistence/adapter/codec.ts";
import { type EntryPage, readPage } from "../../src/persistence/adapter/entry-page.ts";
import {
  type MaybePromise,
  recovered,
  whenReady,
} from "../../src/persistence/adapter/maybe-promise.ts";
import { firstPageSize } from "../../src/persistence/adapter/page-size.ts";
import { assertType, type PreparedCheck } from "../../src/persistence/adapter/prepare.ts";
import { TextAdapter } from "../../src/persistence/adapter/text-adapter.ts";
import { createVersions } from "../../src/persistence/adapter/versions.ts";
import { type Clock, systemClock } from "../../src/shared/clock.ts";
import * as kind from "../../src/shared/kinds.ts";
import { own } from "../../src/shared/own.ts";
import { SqlCommit } from "./commit.ts";
import { documentLayout } from "./documents/layout.ts";
import type { SqlDriver } from "./driver.ts";
import type { SqlLayout } from "./layout.ts";
import { maxKeyBytes } from "./limits.ts";
import { firstPageOverNetwork, type FoundDocument, readInPages } from "./pages.ts";
import { explainClearing, unwrittenError } from "./refusals.ts";
import type * as sql from "./statements.ts";
import { SqlTables } from "./tables.ts";

/** Options of the SQL stores. */
export interface SqlStoreOptions {
  /** Decides when entries expire; for tests. */
  readonly clock?: Pick<Clock, "now">;
  /** Returns a token that it never returned before; for tests. */
  readonly createVersion?: () => Version;
}

/** The kinds of the options of the SQL stores. */
export const sqlOptionKinds: kind.Kinds<SqlStoreOptions> = {
  clock: kind.timepiece,
  createVersion: kind.callback,
};

/** What a store is made of, for what looks into its database beside it. */
export interface SqlStoreParts {
  readonly driver: SqlDriver;
  readonly tables: SqlTables;
  readonly layoutOf: (type: string) => SqlLayout;
  /** Returns milliseconds since 1970. */
  readonly now: () => number;
  /** Makes a call for which the store's `close` waits, and which is refused afterwards. */
  readonly call: <Result>(run: () => MaybePromise<Result>) => Promise<Result>;
}

/** Returns what a store is made of. */
export let partsOf: (store: SqlStore) => SqlStoreParts;

/** Keeps documents by SQL in SQLite's dialect: one table per type, made when the type is first written. */
export abstract class SqlStore extends TextAdapter {
  /** The binding, the handle or the path of the database; absent for one in memory. */
  readonly source: object | string | undefined;
  /** @internal */
  protected override readonly place = "a document";
  /** @internal */
  protected override readonly maxKeyBytes: number = maxKeyBytes;
  /**
   * How long a text one row holds.
   *
   * @internal
   */
  protected readonly rowLength: number = Infinity;
  /**
   * How many bytes the statement may be by which a dump restores a row.
   *
   * @internal
   */
  protected readonly statementBytes: number = Infinity;
  /**
   * Whether one statement with many rows is cheaper than many statements, as over a network.
   *
   * @internal
   */
  protected readonly joined: boolean = false;
  readonly #driver: SqlDriver;
  readonly #clock: Pick<Clock, "now">;
  readonly #createVersion: () => Version;
  readonly #layouts: Map<string, SqlLayout> = new Map();
  readonly #tables: SqlTables;

  static {
    partsOf = (store) => ({
      driver: store.#driver,
      tables: store.#tables,
      layoutOf: (type) => store.#layoutOf(type),
      now: () => store.#clock.now(),
      call: (run) => store.run(() => store.#whenReady(run)),
    });
  }

  /** @internal */
  constructor(driver: SqlDriver, options: SqlStoreOptions) {
    super();
    this.source = driver.source;
    this.#driver = driver;
    const { clock = systemClock, createVersion = createVersions() } = own(options);
    this.#clock = clock;
    this.#createVersion = createVersion;
    this.#tables = new SqlTables({ store: this, driver, layoutOf: (type) => this.#layoutOf(type) });
  }

  /**
   * Returns how the documents of a type are stored.
   *
   * @internal
   */
  protected layoutOf(type: string): SqlLayout {
    const { rowLength, statementBytes, joined } = this;
    return documentLayout(type, { rowLength, statementBytes, joined });
  }

  /** Returns how many entries a type has. */
  count(type: string): Promise<number> {
    return this.run(() => {
      assertType(type);
      const statement = this.#layoutOf(type).versions.count(type);
      const row = this.#whenReady(() => {
        return this.#tables.ifThere(type, () => this.#driver.get(statement));
      });
      return whenReady(row, (counted) => (counted as { count: number } | undefined)?.count ?? 0);
    });
  }

  /** @internal */
  protected override readEntry(type: string, encodedKey: string): MaybePromise<Entry | undefined> {
    return this.#whenReady(() => this.#readEntry(type, encodedKey));
  }

  #readEntry(type: string, encodedKey: string): MaybePromise<Entry | undefined> {
    const layout = this.#layoutOf(type);
    const { single } = layout;
    const { read } = this.#tables;
    if (!single) {
      const found = this.#read(type, (now) => layout.selectEntry(encodedKey, now));
      return whenReady(found, ([document]) => document?.entry(read));
    }
    const statement = single.select(encodedKey, this.#clock.now());
    const row = this.#tables.ifThere(type, () => this.#driver.get(statement));
    return whenReady(row, (found) => found ? single.entry(encodedKey, found, read) : undefined);
  }

  /** @internal */
  protected override async *readPages(type: string, range: KeyRange): AsyncGenerator<EntryPage> {
    const layout = this.#layoutOf(type);
    const pages = readInPages(range, {
      firstPage: this.joined ? firstPageOverNetwork : firstPageSize,
      find: (part) => this.#whenReady(() => this.#read(type, (now) => layout.select(part, now))),
      findWhole: (encodedKeys) => this.#read(type, (now) => layout.selectWhole(encodedKeys, now)),
    });
    for await (const found of pages) {
      yield await readPage(found, (document) => document.entry(this.#tables.read));
    }
  }

  /** @internal */
  protected override write(
    prepared: readonly EncodedWrite[],
    checks: readonly PreparedCheck[],
  ): MaybePromise<readonly (Version | null)[]> {
    return this.#whenReady(() => this.#write(prepared, checks));
  }

  #write(
    prepared: readonly EncodedWrite[],
    checks: readonly PreparedCheck[],
  ): MaybePromise<readonly (Version | null)[]> {
    const writes = prepared.map(({ type, key, encodedKey, ifVersion, put }) => {
      const version = put ? put.version ?? this.#createVersion() : null;
      return { type, key, encodedKey, ifVersion, put, version, chunks: 0 };
    });
    const [write] = writes;
    const single = writes.length === 1 && checks.length === 0 ? this.#single(write!) : undefined;
    if (!single) return this.#writeAll(writes, checks);
    return whenReady(this.#writeSingle(write!, single), (changed) => {
      if (changed === 0) throw unwrittenError(this.name, write!);
      return [write!.version];
    });
  }

  /** @internal */
  protected override clearType(type: string): MaybePromise<void> {
    const layout = this.#layoutOf(type);
    const deleted = recovered(
      () =>
        this.#whenReady(() => {
          return this.#tables.ifThere(type, () => this.#driver.batch(layout.deleteAll()));
        }),
      async (error) => {
        const call = { name: this.name, tablesOf: () => layout.tables(), read: this.#tables.read };
        throw await explainClearing(error, type, call);
      },
    );
    return whenReady(deleted, () => undefined);
  }

  /** @internal */
  protected override async release(): Promise<void> {
    await this.#driver.close();
  }

  /** Returns one statement for the common case: a document that was read and changed is written back. */
  #single(write: sql.VersionedWrite): sql.SqlStatement | undefined {
    return this.#layoutOf(write.type).single?.apply(write, this.#clock.now());
  }

  #writeSingle(write: sql.VersionedWrite, single: sql.SqlStatement): MaybePromise<number> {
    const run = () => this.#tables.run([write.type], () => this.#driver.run(single));
    return recovered(run, async (error) => {
      throw await this.#commitOf([write], []).explain(error);
    });
  }

  async #writeAll(
    writes: readonly sql.VersionedWrite[],
    checks: readonly PreparedCheck[],
  ): Promise<readonly (Version | null)[]> {
    const commit = this.#commitOf(writes, checks);
    // Statements are made again after tables were: these may hold more than was known.
    const run = (statements: () => sql.SqlStatement[]) => {
      return this.#tables.run(commit.types, () => this.#driver.batch(statements()));
    };
    try {
      await recovered(() => run(() => commit.statements()), (error) => {
        if (!commit.couldRearrange(error)) throw error;
        return run(() => commit.rearrangedStatements());
      });
    } catch (error) {
      throw await commit.explain(error);
    }
    return writes.map(({ version }) => version);
  }

  #commitOf(
    writes: readonly sql.VersionedWrite[],
    checks: readonly PreparedCheck[],
  ): SqlCommit {
    return new SqlCommit(writes, checks, {
      ...{ name: this.name, driver: this.#driver, now: this.#clock.now() },
      ...{ layoutOf: (type) => this.#layoutOf(type), read: this.#tables.read },
    });
  }

  /** Calls when the database is open and has the tables that earlier calls make. */
  #whenReady<Result>(call: () => MaybePromise<Result>): MaybePromise<Result> {
    return whenReady(this.#driver.open?.(), () => whenReady(this.#tables.making, call));
  }

  #layoutOf(type: string): SqlLayout {
    let layout = this.#layouts.get(type);
    if (!layout) this.#layouts.set(type, layout = this.layoutOf(type));
    return layout;
  }

  #read(
    type: string,
    select: (now: number) => sql.SqlStatement[],
  ): MaybePromise<FoundDocument[]> {
    const results = this.#tables.ifThere(type, () => this.#driver.batch(select(this.#clock.now())));
    return whenReady(results, (found = [[]]) => this.#layoutOf(type).toFound(found));
  }
}
