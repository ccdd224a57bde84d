/**
 * Every adapter beside the same work on its backend's own API, and beside peers, in one run:
 * `node bench/adapters.ts [names…] [--quick]`. Each cell is the time of one operation on a document of 1 kB and, in
 * brackets, how many times as long as direct use that is. Everything that is read is used. `--quick` takes fewer rounds
 * and fewer documents; its numbers are rougher.
 */
import { parseArgs } from "node:util";
import { benchChromium } from "./adapters/chromium.ts";
import { benchDenoKv } from "./adapters/deno-kv.ts";
import { consumed, type Pace } from "./adapters/measure.ts";
import { benchSqlite } from "./adapters/sqlite.ts";
import { benchWorkerd } from "./adapters/workerd.ts";

const benches: Record<string, (pace: Pace) => Promise<void>> = {
  sqlite: benchSqlite,
  "deno-kv": benchDenoKv,
  workerd: benchWorkerd,
  chromium: benchChromium,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false } },
});
if (values.quick) {
  console.log("The quick run: few documents in few rounds, so its numbers are rougher than usual.");
}
for (const name of positionals.length > 0 ? positionals : Object.keys(benches)) {
  const bench = benches[name];
  if (!bench) {
    throw new Error(`Cannot measure ${name}: choose from ${Object.keys(benches).join(", ")}`);
  }
  await bench(values.quick ? "quick" : "thorough");
}
if (!Number.isFinite(consumed)) throw new Error("nothing was consumed");
