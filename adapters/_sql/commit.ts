import { ConflictError } from "../../src/persistence/adapter/errors.ts";
import { decodeKey } from "../../src/persistence/adapter/keys.ts";
import type { SqlDriver } from "./driver.ts";
import { isConflict } from "./errors.ts";
import type { SqlLayout } from "./layout.ts";
import { explainRefusal } from "./refusals.ts";
import type { SqlStatement, VersionedWrite } from "./statements.ts";

/** What a commit needs of its store. */
export interface SqlCommitContext {
  /** The adapter's name. */
  readonly name: string;
  readonly driver: SqlDriver;
  readonly layoutOf: (type: string) => SqlLayout;
  /** When it is, in milliseconds since 1970. */
  readonly now: number;
}

/** The writes of one type. */
interface Group {
  readonly type: string;
  readonly layout: SqlLayout;
  readonly writes: readonly VersionedWrite[];
}

/** A commit of several statements: what it runs, and what it means when they fail. */
export class SqlCommit {
  readonly #context: SqlCommitContext;
  readonly #writes: readonly VersionedWrite[];
  readonly #groups: readonly Group[];
  readonly #guarded: readonly Group[];
  readonly #expiring: readonly Group[];

  constructor(writes: readonly VersionedWrite[], context: SqlCommitContext) {
    this.#context = context;
    this.#writes = writes;
    this.#groups = this.#groupByType(writes);
    this.#guarded = this.#groupByType(writes.filter(({ ifVersion }) => ifVersion !== undefined));
    this.#expiring = this.#groupByType(writes.filter(({ put }) => put?.ttl !== undefined));
  }

  /** The types that are written. */
  get types(): readonly string[] {
    return this.#groups.map(({ type }) => type);
  }

  /** The statements; made anew, they go by what is known of the tables by then. */
  statements(): SqlStatement[] {
    return this.#guard(this.#apply(this.#groups));
  }

  /** The same where rows have to make room for each other first. */
  rearrangedStatements(): SqlStatement[] {
    return this.#guard(this.#rearrange(this.#groups));
  }

  /** What to throw when they have failed. */
  async explain(error: unknown): Promise<unknown> {
    const { name, driver, layoutOf } = this.#context;
    if (this.#guarded.length > 0 && isConflict(error)) return await this.#conflictOf(error);
    return await explainRefusal(error, {
      ...{ name, writes: this.#writes, tablesOf: (type) => layoutOf(type).tables() },
      attempt: async (some, behind) => {
        return await driver.batch([...this.#rearrange(this.#groupByType(some)), ...behind]);
      },
    });
  }

  #guard(changes: readonly SqlStatement[]): SqlStatement[] {
    const { now } = this.#context;
    return [
      ...this.#guarded.flatMap(({ layout, writes }) =>
        layout.versions.assertUnchanged(writes, now)
      ),
      ...changes,
      ...this.#expiring.flatMap(({ layout }) => layout.deleteExpired(now)),
    ];
  }

  #apply(groups: readonly Group[]): SqlStatement[] {
    return groups.flatMap(({ layout, writes }) => layout.apply(writes, this.#context.now));
  }

  #rearrange(groups: readonly Group[]): SqlStatement[] {
    const moves = groups.flatMap(({ layout, writes }) => layout.rearrange?.(writes) ?? []);
    return [...moves, ...this.#apply(groups)];
  }

  /** Which entry had changed; the database tells only that one had. */
  async #conflictOf(cause: unknown): Promise<ConflictError> {
    const { name, driver, now } = this.#context;
    for (const { type, layout, writes } of this.#guarded) {
      const changed = await driver.batch(layout.versions.selectChanged(writes, now));
      const [first] = changed.flat() as { id: string }[];
      if (first) return new ConflictError(name, type, decodeKey(first.id), { cause });
    }
    // It has changed back by now, when only a guess would be left.
    return new ConflictError(name, this.#guarded[0]!.type, undefined, { cause });
  }

  #groupByType(writes: readonly VersionedWrite[]): Group[] {
    const groups = new Map<string, VersionedWrite[]>();
    for (const write of writes) {
      const group = groups.get(write.type);
      if (group) group.push(write);
      else groups.set(write.type, [write]);
    }
    return [...groups].map(([type, writes]) => {
      return { type, layout: this.#context.layoutOf(type), writes };
    });
  }
}
