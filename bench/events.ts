/**
 * What an event costs beside the same work by hand with the same guarantees, in one run:
 * `node bench/events.ts [names…] [--quick]`. Times are CPU time, ratios are medians of rounds in turns: above 1 takes
 * longer than by hand. Beside each stands what is to be reached, and the limit that nothing can be faster than. `--quick`
 * takes fewer and shorter rounds; its numbers are rougher.
 *
 * Making and applying operations, beside fast-json-patch, is `node bench/operations.ts`.
 */
import { benchBytes } from "./events/bytes.ts";
import { benchD1 } from "./events/d1.ts";
import { benchDenoKv } from "./events/deno-kv.ts";
import { benchFanOut } from "./events/fan-out.ts";
import { consumed, type Pace } from "./events/measure.ts";
import { benchMemory } from "./events/memory.ts";
import { benchRouter } from "./events/router.ts";
import { benchSends } from "./events/sends.ts";
import { benchSqlite } from "./events/sqlite.ts";
import { runBenches } from "./run-benches.ts";

const benches: Record<string, (pace: Pace) => Promise<void>> = {
  sqlite: benchSqlite,
  memory: benchMemory,
  "deno-kv": benchDenoKv,
  d1: benchD1,
  router: benchRouter,
  sends: benchSends,
  bytes: benchBytes,
  "fan-out": benchFanOut,
};

await runBenches(benches, { quickly: "fewer and shorter rounds" });
if (!Number.isFinite(consumed)) throw new Error("nothing was consumed");
