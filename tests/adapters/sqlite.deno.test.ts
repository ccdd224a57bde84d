import { afterAll, test } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import { testAdapter } from "../../src/persistence/testing/mod.ts";

const folder = Deno.makeTempDirSync();
afterAll(() => Deno.removeSync(folder, { recursive: true }));

const cases = testAdapter("SqliteStore", () => new SqliteStore(`${folder}/suite.db`));
for (const { name, skip, run } of cases) test.skipIf(skip)(name, run);
