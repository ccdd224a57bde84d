/** The route of events on the sockets of Node, Deno and workerd, beside a bare route of Hono and Hono's own guards. */
import { cpuTimeOf } from "./cpu-time.ts";
import { Load } from "./load.ts";
import { type Effort, measure, type Measured, type Pace, paced } from "./measure.ts";
import { shownRatio, shownTime, table } from "./report.ts";
import { type AppName, appNames } from "./router/apps.ts";
import { starters } from "./router/start.ts";

/** Measures all apps of a server, whose CPU time is that of some processes. */
async function measureRouter(
  port: number,
  effort: Effort,
): Promise<ReadonlyMap<string, Measured>> {
  const loads = await Promise.all(appNames.map((app) => Load.open(port, app)));
  const results = await measure(
    appNames.map((name, index) => ({ name, run: (times: number) => loads[index]!.run(times) })),
    effort,
  );
  for (const load of loads) load.close();
  return results;
}

/** Two apps to compare, and what is to be reached. */
type Comparison = readonly [name: string, app: AppName, over: AppName, toReach?: number];

/** Returns a table of what the apps took. */
function routerTable(
  runtime: string,
  results: ReadonlyMap<string, Measured>,
  toReach: { readonly bare?: number; readonly guards?: number } = {},
): string {
  const comparisons: readonly Comparison[] = [
    ["Rian ÷ bare route", "Rian", "bare", toReach.bare],
    ["Rian ÷ Hono's own guards", "Rian", "guards", toReach.guards],
    ["Rian with origins ÷ Hono's own guards and cors", "Rian, origins", "guards, cors"],
    ["Rian ÷ its processor behind a bare route", "Rian", "processor"],
    ["its processor behind a bare route ÷ bare route", "processor", "bare"],
    ["Hono's own guards ÷ bare route", "guards", "bare"],
    ["Hono's own guards and cors ÷ bare route", "guards, cors", "bare"],
  ];
  const rows = comparisons.map(([name, app, over, most]) => [
    name,
    shownTime(results.get(app)!.time),
    shownRatio(results.get(app)!.ratio / results.get(over)!.ratio),
    most === undefined ? "" : `≤ ${most}`,
  ]);
  const bare = shownTime(results.get("bare")!.time);
  return table(
    `The router on ${runtime}'s sockets, a counter in memory (the limit, a bare route: ${bare})`,
    ["", "a request", "ratio", "to reach"],
    rows,
  );
}

async function benchServer(runtime: string, pace: Pace): Promise<void> {
  const { server, port } = await starters[runtime]!();
  try {
    const cpuTime = () => cpuTimeOf(server.pid!);
    const effort = paced({ shortest: 60_000, rounds: 15, cpuTime }, pace);
    const results = await measureRouter(port, effort);
    console.log(routerTable(runtime, results, runtime === "Node" ? { bare: 2, guards: 0.8 } : {}));
  } finally {
    server.kill();
  }
}

/** Measures and prints. */
export async function benchRouter(pace: Pace): Promise<void> {
  for (const runtime of Object.keys(starters)) await benchServer(runtime, pace);
}
