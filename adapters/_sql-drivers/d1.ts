import { hasMethods, type Kind } from "../../src/shared/kinds.ts";
import type { SqlDriver } from "../_sql/driver.ts";
import type { D1Session } from "./d1-session.ts";

/** The part of a D1 binding that the stores use. */
export interface D1Binding {
  /** Makes a statement. */
  prepare(sql: string): D1BindingStatement;
  /** Runs statements in one transaction. */
  batch(statements: D1BindingStatement[]): Promise<readonly { readonly results: unknown[] }[]>;
}

/** The kind of a D1 binding. */
export const d1Kind: Kind = {
  fits: (value) => hasMethods(value, "prepare", "batch"),
  cure: "a D1 binding, such as env.DB",
  isRequired: true,
};

/** A statement that a {@link D1Binding} prepared. */
export interface D1BindingStatement {
  /** Returns the statement with these values. */
  bind(...values: unknown[]): D1BindingStatement;
  /** Runs the statement alone. */
  run(): Promise<
    { readonly results: unknown[]; readonly meta: { readonly changes: number } }
  >;
}

/** Runs statements on D1, each batch in one round trip. */
export function d1Driver(database: D1Binding, session?: D1Session): SqlDriver {
  /** Runs on the session, if there is one. */
  async function running<Result>(
    run: (database: D1Binding) => Promise<Result>,
    { isRead = false, hasFailed = () => false }: {
      readonly isRead?: boolean;
      readonly hasFailed?: (result: Result) => boolean;
    } = {},
  ): Promise<Result> {
    if (!session) return await run(database);
    const { hasAnswered } = session;
    try {
      const result = await run(session.current);
      session.answered();
      // The next attempt must not read from a replica.
      if (hasFailed(result)) session.catchUp();
      return result;
    } catch (error) {
      session.catchUp();
      // The bookmark may be of a database that was replaced since, or nobody's; or a replica has no such table yet.
      if (!isRead || hasAnswered) throw error;
      return await running(run);
    }
  }

  return {
    source: database,
    async batch(statements) {
      const results = await running(
        (on) =>
          on.batch(statements.map(({ sql, parameters }) => on.prepare(sql).bind(...parameters))),
        { isRead: statements.every(({ sql }) => /^(select|with) /.test(sql)) },
      );
      return results.map((result) => result.results);
    },
    async run({ sql, parameters }) {
      const { meta } = await running(
        (on) => on.prepare(sql).bind(...parameters).run(),
        { hasFailed: (result) => result.meta.changes === 0 },
      );
      return meta.changes;
    },
    async get({ sql, parameters }) {
      const { results } = await running(
        (on) => on.prepare(sql).bind(...parameters).run(),
        { isRead: true },
      );
      return results[0];
    },
    close: () => Promise.resolve(),
  };
}
