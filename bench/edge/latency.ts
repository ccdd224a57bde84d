/** How long an event takes from its request to its answer, beside a bare route, in turns. */
import { HttpConnection } from "../http-connection.ts";
import { median } from "../events/measure.ts";
import { shownRatio, shownTime, table } from "../events/report.ts";

/** What is measured, by the routes under which the Worker has it. */
export type Route = "bare" | "hand" | "objects" | "d1";

/** Options of {@link latencyTable}. */
export interface LatencyOptions {
  readonly title: string;
  readonly port: number;
  readonly routes: readonly Route[];
  readonly rounds: number;
  /** What is compared, and what is to be reached where events come one after the other. */
  readonly comparisons: readonly (readonly [route: Route, over: Route, toReach?: number])[];
}

const warmUps = 50;
const connections = 16;

/** How requests are spread over instances. */
interface Spread {
  readonly name: string;
  readonly connections: number;
  readonly instances: number;
}

const spreads: readonly Spread[] = [
  { name: "one after the other", connections: 1, instances: 1 },
  { name: "32 instances, 16 connections", connections, instances: 32 },
  { name: "one hot instance, 16 connections", connections, instances: 1 },
];

/** Measures the routes, and returns a table of their times. */
export async function latencyTable(
  { title, port, routes, rounds, comparisons }: LatencyOptions,
): Promise<string> {
  const rows: string[][] = [];
  for (const spread of spreads) {
    const times = await timesOf(spread, { port, routes, rounds });
    for (const [route, over, toReach] of comparisons) {
      const ratios = times.get(route)!.map((time, round) => time / times.get(over)![round]!);
      rows.push([
        `${route} ÷ ${over}, ${spread.name}`,
        shownTime(median(times.get(route)!)),
        shownRatio(median(ratios)),
        spread.connections === 1 && toReach ? `≤ ${toReach}` : "",
      ]);
    }
  }
  return table(title, ["", "an event, wall clock", "ratio", "to reach"], rows);
}

/** Returns how long one request took in each round, in microseconds, by route. */
async function timesOf(
  { connections, instances }: Spread,
  { port, routes, rounds }: Pick<LatencyOptions, "port" | "routes" | "rounds">,
): Promise<ReadonlyMap<Route, number[]>> {
  const open = await Promise.all(
    Array.from({ length: connections }, () => HttpConnection.open(port)),
  );
  const times = new Map<Route, number[]>(routes.map((route) => [route, []]));
  let sent = 0;
  const sendAll = async (route: Route) => {
    const start = performance.now();
    await Promise.all(open.map((connection) => {
      const instance = `latency-${instances}-${sent++ % instances}`;
      const message = { type: "Counter", instance, event: "add", payload: 1, protocol: 2 };
      return connection.send(connection.requestOf(`/${route}/event`, message));
    }));
    return (performance.now() - start) * 1_000 / connections;
  };
  for (let round = -warmUps; round < rounds; round++) {
    for (const route of routes) {
      const time = await sendAll(route);
      if (round >= 0) times.get(route)!.push(time);
    }
  }
  for (const connection of open) connection.close();
  return times;
}
