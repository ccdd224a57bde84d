import type { Capabilities, Entry, Version } from "../src/persistence/adapter.ts";
import type { Range } from "../src/persistence/base-adapter.ts";
import { decodeValue, type EncodedValue } from "../src/persistence/codec.ts";
import { ConflictError } from "../src/persistence/errors.ts";
import { decodeKey } from "../src/persistence/keys.ts";
import { nextPageSize } from "../src/persistence/page-size.ts";
import type { PreparedWrite } from "../src/persistence/prepare.ts";
import { TextAdapter } from "../src/persistence/text-adapter.ts";
import * as sql from "./_sql-statements.ts";

/** Runs statements on a database. */
export interface SqlDriver {
  /** Runs the statements in order in one transaction, all or none, and returns the rows of each. */
  batch(statements: readonly sql.SqlStatement[]): Promise<readonly (readonly unknown[])[]>;
  /** Releases what the driver opened itself. */
  close(): Promise<void>;
}

/** What the SQL stores let their users set. */
export interface SqlStoreOptions {
  /** Milliseconds since 1970; decides when entries expire. */
  readonly now?: () => number;
  /** A token that was never returned before. */
  readonly createVersion?: () => Version;
}

/** A store in SQLite's dialect: one table per type, made when it is first written to. */
export abstract class SqlStore extends TextAdapter {
  abstract override readonly name: string;
  abstract override readonly capabilities: Capabilities;
  protected override readonly place = "a row";
  /** Together with the metadata this leaves a row its 2,000,000 bytes on D1. */
  protected override readonly maxKeyBytes: number = 50_000;
  readonly #driver: SqlDriver;
  readonly #now: () => number;
  readonly #createVersion: () => Version;

  constructor(driver: SqlDriver, options: SqlStoreOptions) {
    super();
    this.#driver = driver;
    this.#now = options.now ?? Date.now;
    this.#createVersion = options.createVersion ?? (() => crypto.randomUUID());
  }

  protected override async readEntry(type: string, id: string): Promise<Entry | undefined> {
    const [row] = await this.#read(type, sql.selectEntry(type, id, this.#now()));
    return row && toEntry(type, row);
  }

  protected override async *readRange(type: string, range: Range): AsyncGenerator<Entry> {
    let { after, limit: left } = range;
    for (let size = nextPageSize(); left > 0;) {
      const page = { after, limit: Math.min(left, size), reverse: range.reverse };
      const rows = await this.#read(type, sql.selectRange(type, page, this.#now()));
      for (const row of rows) yield toEntry(type, row);
      if (rows.length < page.limit) return;
      after = rows.at(-1)!.id;
      left -= rows.length;
      size = nextPageSize(rows.map(({ data }) => data));
    }
  }

  protected override async write(
    prepared: readonly PreparedWrite<EncodedValue>[],
  ): Promise<readonly (Version | null)[]> {
    const writes = prepared.map((write) => {
      return { ...write, version: write.put ? this.#createVersion() : null };
    });
    if (writes.length === 1 && isSingleStatement(writes[0]!)) await this.#writeOne(writes[0]!);
    else await this.#writeAll(writes);
    return writes.map(({ version }) => version);
  }

  protected override async clearType(type: string): Promise<void> {
    await this.#read(type, sql.deleteAll(type));
  }

  protected override async release(): Promise<void> {
    await this.#driver.close();
  }

  /** The common case, and one statement: a document that was read, changed and is written back. */
  async #writeOne(write: sql.VersionedWrite): Promise<void> {
    const [rows] = await this.#batch([sql.applySingle(write, this.#now())], [write.type]);
    if (rows!.length === 0) throw new ConflictError(this.name, write.type, write.key);
  }

  async #writeAll(writes: readonly sql.VersionedWrite[]): Promise<void> {
    const now = this.#now();
    const groups = groupByType(writes);
    const guarded = groupByType(writes.filter(({ ifVersion }) => ifVersion !== undefined));
    const statements = [
      ...guarded.map((group) => sql.assertUnchanged(group, now)),
      ...groups.flatMap((group) => sql.applyAll(group, now)),
      ...groups.filter((group) => group.some(({ put }) => put?.ttl !== undefined))
        .map(([write]) => sql.deleteExpired(write!.type, now)),
    ];
    try {
      await this.#batch(statements, groups.map(([write]) => write!.type));
    } catch (error) {
      if (!sql.isConflict(error)) throw error;
      throw await this.#conflictOf(guarded, error);
    }
  }

  /** Which entry had changed; the database tells only that one had. */
  async #conflictOf(
    guarded: readonly (readonly sql.VersionedWrite[])[],
    cause: unknown,
  ): Promise<ConflictError> {
    const now = this.#now();
    const changed = await this.#driver.batch(guarded.map((group) => sql.selectChanged(group, now)));
    const ids = changed.flatMap((rows, index) => {
      return (rows as { id: string }[]).map(({ id }) => ({ type: guarded[index]![0]!.type, id }));
    });
    // It may have changed back by now, when only a guess would be left.
    const { type, id } = ids[0] ?? { type: guarded[0]![0]!.type, id: undefined };
    return new ConflictError(this.name, type, id === undefined ? id : decodeKey(id), { cause });
  }

  /** A read or removal: where there is no table, there are no rows. */
  async #read(type: string, statement: sql.SqlStatement): Promise<readonly sql.SqlRow[]> {
    try {
      const [rows] = await this.#driver.batch([statement]);
      return rows as readonly sql.SqlRow[];
    } catch (error) {
      if (sql.isMissingTable(error)) return [];
      throw this.#explain(error, [type]);
    }
  }

  /** Writes, and makes the tables only when they turn out to be missing, which costs no one else a round trip. */
  async #batch(
    statements: readonly sql.SqlStatement[],
    types: readonly string[],
  ): Promise<readonly (readonly unknown[])[]> {
    try {
      return await this.#driver.batch(statements);
    } catch (error) {
      if (!sql.isMissingTable(error)) throw this.#explain(error, types);
      const tables = types.flatMap(sql.createTable);
      const results = await this.#driver.batch([...tables, ...statements]);
      return results.slice(tables.length);
    }
  }

  #explain(cause: unknown, types: readonly string[]): unknown {
    if (!sql.isForeignTable(cause)) return cause;
    return new Error(
      `Cannot use the type ${
        types.join(" or ")
      } in ${this.name}: its table has other columns than rian's; ` +
        "rename the type or that table",
      { cause },
    );
  }
}

function isSingleStatement({ ifVersion, put }: sql.VersionedWrite): boolean {
  return put ? ifVersion !== undefined && put.ttl === undefined : typeof ifVersion === "string";
}

function groupByType(writes: readonly sql.VersionedWrite[]): sql.VersionedWrite[][] {
  const groups = new Map<string, sql.VersionedWrite[]>();
  for (const write of writes) {
    const group = groups.get(write.type);
    if (group) group.push(write);
    else groups.set(write.type, [write]);
  }
  return [...groups.values()];
}

function toEntry(type: string, row: sql.SqlRow): Entry {
  const key = decodeKey(row.id);
  const value = decodeValue({ format: row.format, text: row.data }, { type, key });
  if (row.metadata === null) return { key, value, version: row.version };
  const metadata = decodeValue({ format: 1, text: row.metadata }, { type, key });
  return { key, value, version: row.version, metadata };
}
