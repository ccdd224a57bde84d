import type { Connection } from "rian/client";
import { open } from "./support.ts";
import {
  manualFetch,
  type ManualStream,
  manualStreams,
  ManualTimers,
  type Request,
} from "./support-wire.ts";

const page = `<p na-scope="my list&é" na-type="Counter"><b na-bind="n">?</b><i na-error></i></p>
  <p na-instance="User:a:b"><u na-bind="n">?</u></p>`;

/** The first instance of the page, whose name has to be escaped. */
export const counter = "Counter:my list&é";

/** A page with two instances that follows a stream, on a network that its test controls. */
export function streaming(random = 0.5): {
  readonly timers: ManualTimers;
  readonly requests: Request[];
  readonly streams: ManualStream[];
  readonly connection: Connection;
  /** How many patches came at once, each time. */
  readonly applied: number[];
} {
  const timers = new ManualTimers();
  const { fetch, requests } = manualFetch();
  const { EventSource, streams } = manualStreams();
  const applied: number[] = [];
  const connection = open(page, "sse", {
    baseUrl: "/app/nasc/",
    fetch,
    EventSource,
    timers,
    random: () => random,
    onPatches: (patches) => applied.push(patches.length),
  });
  return { timers, requests, streams, connection, applied };
}
