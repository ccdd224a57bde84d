import { env } from "cloudflare:workers";
import { afterEach, test } from "vitest";
import { D1Store } from "../../../adapters/cloudflare-d1.ts";
import { constraintCases } from "../shared/constraints.ts";

// All tests of a file have one database.
afterEach(async () => {
  await env.DB.prepare("pragma foreign_keys = off").run();
  const found = await env.DB.prepare(
    "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and " +
      "name not like '_cf_%' order by name = 'teams'",
  ).all<{ name: string }>();
  for (const { name } of found.results) await env.DB.prepare(`drop table "${name}"`).run();
});

for (const { name, run } of constraintCases) {
  test(`on D1, ${name}`, () =>
    run({
      database: env.DB,
      exec: (sql) => env.DB.prepare(sql).run(),
      open: () => new D1Store(env.DB),
    }));
}
