/**
 * What an event costs beside the same work by hand with the same guarantees, in one run:
 * `node bench/events.ts [names…] [--quick]`. Times are CPU time, ratios are medians of rounds in turns: above 1 takes
 * longer than by hand. Beside each stands what is to be reached, and the limit that nothing can be faster than. `--quick`
 * takes fewer and shorter rounds; its numbers are rougher.
 *
 * Making and applying operations, beside fast-json-patch, is `node bench/operations.ts`.
 */
import { parseArgs } from "node:util";
import { benchBytes } from "./events/bytes.ts";
import { benchD1 } from "./events/d1.ts";
import { benchDenoKv } from "./events/deno-kv.ts";
import { benchFanOut } from "./events/fan-out.ts";
import { consumed, type Pace } from "./events/measure.ts";
import { benchMemory } from "./events/memory.ts";
import { benchRouter } from "./events/router.ts";
import { benchSqlite } from "./events/sqlite.ts";

const benches: Record<string, (pace: Pace) => Promise<void>> = {
  sqlite: benchSqlite,
  memory: benchMemory,
  "deno-kv": benchDenoKv,
  d1: benchD1,
  router: benchRouter,
  bytes: benchBytes,
  "fan-out": benchFanOut,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false } },
});
if (values.quick) {
  console.log("The quick run: fewer and shorter rounds, so its numbers are rougher than usual.");
}
for (const name of positionals.length > 0 ? positionals : Object.keys(benches)) {
  const bench = benches[name];
  if (!bench) {
    throw new Error(`Cannot measure ${name}: choose from ${Object.keys(benches).join(", ")}`);
  }
  await bench(values.quick ? "quick" : "thorough");
}
if (!Number.isFinite(consumed)) throw new Error("nothing was consumed");
