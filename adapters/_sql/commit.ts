import { ConflictError } from "../../src/persistence/adapter/errors.ts";
import { decodeKey } from "../../src/persistence/adapter/keys.ts";
import { conditionsOf, type PreparedCheck } from "../../src/persistence/adapter/prepare.ts";
import type { Read, SqlDriver } from "./driver.ts";
import { isConflict } from "./errors.ts";
import type { SqlLayout } from "./layout.ts";
import { explainRefusal } from "./refusals.ts";
import type { SqlStatement, VersionedWrite } from "./statements.ts";
import { violationIn } from "./violation.ts";

/** The store of a commit. */
export interface SqlCommitContext {
  /** The adapter's name. */
  readonly name: string;
  readonly driver: SqlDriver;
  readonly read: Read;
  readonly layoutOf: (type: string) => SqlLayout;
  /** The time of the commit, in milliseconds since 1970. */
  readonly now: number;
}

/** What a commit has of one type. */
interface Group<Item> {
  readonly type: string;
  readonly layout: SqlLayout;
  readonly items: readonly Item[];
}

/** A commit of several statements: which they are, and what it means if they fail. */
export class SqlCommit {
  readonly #context: SqlCommitContext;
  readonly #writes: readonly VersionedWrite[];
  readonly #groups: readonly Group<VersionedWrite>[];
  readonly #guarded: readonly Group<PreparedCheck>[];
  readonly #expiring: readonly Group<VersionedWrite>[];

  constructor(
    writes: readonly VersionedWrite[],
    checks: readonly PreparedCheck[],
    context: SqlCommitContext,
  ) {
    this.#context = context;
    this.#writes = writes;
    this.#groups = this.#groupByType(writes);
    this.#guarded = this.#groupByType(conditionsOf(writes, checks));
    this.#expiring = this.#groupByType(writes.filter(({ put }) => put?.ttl !== undefined));
  }

  /** The types that are written or compared. */
  get types(): readonly string[] {
    const types = [...this.#groups, ...this.#guarded].map(({ type }) => type);
    return [...new Set(types)];
  }

  /** Returns the statements; made again, they go by what is known of the tables by then. */
  statements(): SqlStatement[] {
    return this.#guard(this.#apply(this.#groups));
  }

  /** Whether rows could make room for each other if the database says that one is taken. */
  couldRearrange(error: unknown): boolean {
    const { constraint } = violationIn(error) ?? {};
    return (constraint === "unique" || constraint === "primary key") &&
      this.#groups.some(({ layout }) => layout.rearrange);
  }

  /** Returns the same for rows that have to make room for each other first. */
  rearrangedStatements(): SqlStatement[] {
    return this.#guard(this.#rearrange(this.#groups));
  }

  /** Returns the error to throw if they have failed. */
  async explain(error: unknown): Promise<unknown> {
    const { name, driver, layoutOf, read } = this.#context;
    const isGuarded = this.#guarded.length > 0 && !violationIn(error);
    if (isGuarded && isConflict(error)) return await this.#conflictOf(error);
    return await explainRefusal(error, {
      ...{ name, read, writes: this.#writes, tablesOf: (type) => layoutOf(type).tables() },
      attempt: async (some, afterwards) => {
        return await driver.batch([...this.#rearrange(this.#groupByType(some)), ...afterwards]);
      },
    });
  }

  #guard(changes: readonly SqlStatement[]): SqlStatement[] {
    const { now } = this.#context;
    return [
      ...this.#guarded.flatMap(({ layout, items }) => layout.versions.assertUnchanged(items, now)),
      ...changes,
      ...this.#expiring.flatMap(({ layout }) => layout.deleteExpired(now)),
    ];
  }

  #apply(groups: readonly Group<VersionedWrite>[]): SqlStatement[] {
    return groups.flatMap(({ layout, items }) => layout.apply(items, this.#context.now));
  }

  #rearrange(groups: readonly Group<VersionedWrite>[]): SqlStatement[] {
    const moves = groups.flatMap(({ layout, items }) => layout.rearrange?.(items) ?? []);
    return [...moves, ...this.#apply(groups)];
  }

  /** Finds the entry that had changed; the database says only that one had. */
  async #conflictOf(cause: unknown): Promise<ConflictError> {
    const { name, driver, now } = this.#context;
    for (const { type, layout, items } of this.#guarded) {
      const changed = await driver.batch(layout.versions.selectChanged(items, now));
      const [first] = changed.flat() as { id: string }[];
      if (first) return new ConflictError(name, type, decodeKey(first.id), { cause });
    }
    // It has changed back by now, and only a guess would be left.
    return new ConflictError(name, this.#guarded[0]!.type, undefined, { cause });
  }

  #groupByType<Item extends { readonly type: string }>(items: readonly Item[]): Group<Item>[] {
    const groups = new Map<string, Item[]>();
    for (const item of items) {
      const group = groups.get(item.type);
      if (group) group.push(item);
      else groups.set(item.type, [item]);
    }
    return [...groups].map(([type, items]) => {
      return { type, layout: this.#context.layoutOf(type), items };
    });
  }
}
