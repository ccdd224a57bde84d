import { DatabaseSync } from "node:sqlite";
import { afterAll, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { encodeKey } from "../../../src/persistence/adapter/keys.ts";
import { testAdapter } from "../../../src/testing/mod.ts";

const folder = Deno.makeTempDirSync();
afterAll(() => Deno.removeSync(folder, { recursive: true }));

let now = 1_800_000_000_000;
const cases = testAdapter("SqliteStore", () => {
  return new SqliteStore(`${folder}/suite.db`, { clock: { now: () => now } });
}, {
  advance: (milliseconds) => {
    now += milliseconds;
  },
  corrupt(type, key) {
    const database = new DatabaseSync(`${folder}/suite.db`);
    database.prepare(`update "${type}" set data = '{' where id = ?`).run(encodeKey(key));
    database.close();
  },
});
for (const { name, skip, run } of cases) test.skipIf(skip)(name, run);
