import type { SqlDriver } from "../_sql/driver.ts";
import type { D1Binding } from "./d1-binding.ts";
import type { D1Session } from "./d1-session.ts";

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
