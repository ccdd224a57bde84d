import { DatabaseSync } from "node:sqlite";
import type { D1Binding, D1BindingStatement } from "../../adapters/cloudflare-d1.ts";
import type { D1BindingSession } from "../../adapters/_sql-drivers/d1-session.ts";

interface Query {
  readonly sql: string;
  readonly values: readonly unknown[];
}

interface Served {
  readonly results: unknown[];
  readonly meta: { readonly changes: number };
}

/**
 * A database of D1 with a primary and a replica that lags behind it for as long as a test wants; no emulator has one.
 * Bookmarks count commits. A session reads from the replica if that has what its bookmark names, and else from the
 * primary; the binding itself uses the primary alone.
 */
export class LaggingD1 implements D1Binding {
  readonly #primary = new DatabaseSync(":memory:");
  readonly #replica = new DatabaseSync(":memory:");
  readonly #commits: (readonly Query[])[] = [];
  #replicated = 0;
  /** How many reads each has served. */
  readonly reads = { primary: 0, replica: 0 };
  /** How many sessions were begun. */
  sessions = 0;

  /** Lets the replica have all that was committed. */
  replicate(): void {
    for (; this.#replicated < this.#commits.length; this.#replicated++) {
      for (const query of this.#commits[this.#replicated]!) run(this.#replica, query);
    }
  }

  prepare(sql: string): D1BindingStatement {
    return this.#statement({ sql, values: [] }, (queries) => this.#onPrimary(queries));
  }

  async batch(statements: D1BindingStatement[]): Promise<Served[]> {
    return this.#onPrimary(statements.map(queryOf));
  }

  withSession(constraintOrBookmark = "first-unconstrained"): D1BindingSession {
    this.sessions++;
    const isKnown = /^(\d+|first-(primary|unconstrained))$/.test(constraintOrBookmark);
    let bookmark = /^\d+$/.test(constraintOrBookmark) ? Number(constraintOrBookmark) : 0;
    let isFresh = constraintOrBookmark === "first-primary";
    let hasRun = bookmark > 0;
    const serve = (queries: readonly Query[]) => {
      if (!isKnown) throw new Error("D1_ERROR: the bookmark is invalid");
      const isRead = queries.every(({ sql }) => /^(select|with) /.test(sql));
      const onReplica = isRead && !isFresh && this.#replicated >= bookmark;
      isFresh = false;
      hasRun = true;
      try {
        return onReplica ? this.#onReplica(queries) : this.#onPrimary(queries);
      } finally {
        bookmark = Math.max(bookmark, onReplica ? this.#replicated : this.#commits.length);
      }
    };
    return {
      prepare: (sql) => this.#statement({ sql, values: [] }, serve),
      batch: async (statements) => serve(statements.map(queryOf)),
      getBookmark: () => isKnown ? hasRun ? String(bookmark) : null : constraintOrBookmark,
    };
  }

  #statement(query: Query, serve: (queries: readonly Query[]) => Served[]): D1BindingStatement {
    const statement: D1BindingStatement = {
      bind: (...values) => this.#statement({ ...query, values }, serve),
      run: async () => serve([query])[0]!,
    };
    queries.set(statement, query);
    return statement;
  }

  #onReplica(some: readonly Query[]): Served[] {
    this.reads.replica++;
    return some.map((query) => run(this.#replica, query));
  }

  #onPrimary(some: readonly Query[]): Served[] {
    if (some.every(({ sql }) => /^(select|with) /.test(sql))) this.reads.primary++;
    this.#primary.exec("begin");
    try {
      const served = some.map((query) => run(this.#primary, query));
      this.#primary.exec("commit");
      const hasWritten = some.some(({ sql }) => !/^(select|with) /.test(sql));
      if (hasWritten) this.#commits.push(some);
      return served;
    } catch (error) {
      this.#primary.exec("rollback");
      throw error;
    }
  }
}

const queries = new WeakMap<D1BindingStatement, Query>();

function queryOf(statement: D1BindingStatement): Query {
  return queries.get(statement)!;
}

function run(database: DatabaseSync, { sql, values }: Query): Served {
  const statement = database.prepare(sql);
  if (/^(select|with) /.test(sql)) {
    return { results: statement.all(...values as string[]), meta: { changes: 0 } };
  }
  const { changes } = statement.run(...values as string[]);
  return { results: [], meta: { changes: Number(changes) } };
}
