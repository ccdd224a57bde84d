/**
 * Measures persistent collections beside their peers in one run:
 * `node bench/collections.ts [names…] [--documents 100000]`. All keep documents of 1 kB: many of them to read, and 100 to
 * write 10,000 times. Numbers in brackets are multiples of what code written by hand takes.
 */
import { parseArgs } from "node:util";
import { benchIndexedDb } from "./collections/chromium.ts";
import { benchDenoKv } from "./collections/deno-kv.ts";
import type { Effort } from "./collections/measure.ts";
import { benchSqlite } from "./collections/sqlite.ts";

const benches: Record<string, (effort: Effort) => Promise<void>> = {
  "sqlite": benchSqlite,
  "indexed-db": benchIndexedDb,
  "deno-kv": benchDenoKv,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { documents: { type: "string", default: "100000" } },
});
const effort: Effort = {
  size: Number(values.documents),
  writes: 10_000,
  keys: 100,
  rounds: 3,
  writingRounds: 3,
  memoryRounds: 40,
  memoryTime: 15_000,
};
for (const name of positionals.length > 0 ? positionals : Object.keys(benches)) {
  const bench = benches[name];
  if (!bench) {
    throw new Error(
      `Cannot measure ${name}: there is no such bench; name ${Object.keys(benches).join(", ")}`,
    );
  }
  await bench(effort);
}
