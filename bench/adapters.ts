/**
 * Every adapter beside the same work on its backend's own API, and beside peers, in one run:
 * `node bench/adapters.ts [names…] [--quick]`. Each cell is the time of one operation on a document of 1 kB and, in
 * brackets, how many times as long as direct use that is. Everything that is read is used. `--quick` takes fewer rounds
 * and fewer documents; its numbers are rougher.
 */
import { benchChromium } from "./adapters/chromium.ts";
import { benchDenoKv } from "./adapters/deno-kv.ts";
import { consumed, type Pace } from "./adapters/measure.ts";
import { benchSqlite } from "./adapters/sqlite.ts";
import { benchWorkerd } from "./adapters/workerd.ts";
import { runBenches } from "./run-benches.ts";

const benches: Record<string, (pace: Pace) => Promise<void>> = {
  sqlite: benchSqlite,
  "deno-kv": benchDenoKv,
  workerd: benchWorkerd,
  chromium: benchChromium,
};

await runBenches(benches, { quickly: "few documents in few rounds" });
if (!Number.isFinite(consumed)) throw new Error("nothing was consumed");
