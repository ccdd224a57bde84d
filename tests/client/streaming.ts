import type { Connection } from "rian/client";
import {
  ManualClock,
  manualFetch,
  type ManualStream,
  manualStreams,
  type Request,
} from "./manual-network.ts";
import { open } from "./support.ts";

const page = `<p na-scope="my list&é" na-type="Counter"><b na-bind="n">?</b><i na-error></i></p>
  <p na-instance="User:a:b"><u na-bind="n">?</u></p>`;

/** The first instance of the page, whose name needs escaping. */
export const counter = "Counter:my list&é";

/** Opens a page with two instances that follows a stream, on a network that the test controls. */
export function streaming(random = 0.5): {
  readonly clock: ManualClock;
  readonly requests: Request[];
  readonly streams: ManualStream[];
  readonly connection: Connection;
  /** The number of frames in each call of `onPatches`. */
  readonly applied: number[];
} {
  const clock = new ManualClock();
  const { fetch, requests } = manualFetch();
  const { EventSource, streams } = manualStreams();
  const applied: number[] = [];
  const connection = open(page, "sse", {
    baseUrl: "/app/nasc/",
    fetch,
    EventSource,
    clock,
    random: () => random,
    onPatches: (frames) => applied.push(frames.length),
  });
  return { clock, requests, streams, connection, applied };
}
