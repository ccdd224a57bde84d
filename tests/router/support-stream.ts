import type { Hono } from "hono";
import { expect, vi } from "vitest";
import { MemoryHub } from "../../mod.ts";
import { HandClock } from "../support/clock.ts";
import { EventStream } from "../support/event-stream.ts";
import { post } from "./support.ts";

/** Opens a stream: of one counter, unless the query says otherwise. */
export async function open(app: Hono, query = "scope=Counter:visits"): Promise<EventStream> {
  return new EventStream(await app.request(`/nasc/stream?${query}`));
}

/** Posts a message, which must be accepted. */
export async function send(
  app: Hono,
  message: object,
  headers: Record<string, string> = {},
): Promise<void> {
  expect((await post(app, message, headers)).status).toBe(200);
}

/** Returns the frame of a counter's update. */
export function update(value: number, rev: number, instance = "visits"): object {
  const patch = { action: "bindUpdate", type: "Counter", instance, prop: "count", value, rev };
  return { type: "Counter", instance, rev, patches: [patch] };
}

/** Returns a hub, and how many listeners it has. */
export function countingHub(): { readonly hub: MemoryHub; readonly listening: () => number } {
  const hub = new MemoryHub();
  let count = 0;
  const subscribe = hub.subscribe.bind(hub);
  hub.subscribe = (...parameters) => {
    const leave = subscribe(...parameters);
    count++;
    return () => (count--, leave());
  };
  return { hub, listening: () => count };
}

/** Makes heartbeats come on command, not by a timer. */
export class Heart {
  readonly clock: HandClock = new HandClock();

  async beatUntil<T>(event: Promise<T>): Promise<T> {
    return await vi.waitFor(() => {
      this.clock.ring();
      return Promise.race([event, Promise.reject(new Error("not yet"))]);
    });
  }
}
