/**
 * Every adapter beside the same work on its backend's own API, and beside peers, in one run:
 * `node bench/adapters.ts [names…]`. Each cell is the time of one operation on a document of 1 kB and, in brackets,
 * how many times as long as direct use that is. Everything that is read is used.
 */
import { benchChromium } from "./adapters/chromium.ts";
import { benchDenoKv } from "./adapters/deno-kv.ts";
import { consumed } from "./adapters/measure.ts";
import { benchSqlite } from "./adapters/sqlite.ts";
import { benchWorkerd } from "./adapters/workerd.ts";

const benches: Record<string, () => Promise<void>> = {
  sqlite: benchSqlite,
  "deno-kv": benchDenoKv,
  workerd: benchWorkerd,
  chromium: benchChromium,
};

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : Object.keys(benches)) {
  const bench = benches[name];
  if (!bench) {
    throw new Error(`Cannot measure ${name}: choose from ${Object.keys(benches).join(", ")}`);
  }
  await bench();
}
if (!Number.isFinite(consumed)) throw new Error("nothing was consumed");
