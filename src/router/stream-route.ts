import type { Context, Env } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { errorPatch } from "../processor/make-patches.ts";
import { maxFollowed } from "../processor/message.ts";
import { type Address, NascError } from "../processor/mod.ts";
import type { Outcome } from "../processor/outcome.ts";
import { parseAddressText } from "../processor/parse-message.ts";
import { reportError } from "../processor/report-error.ts";
import { toWire } from "../processor/to-wire.ts";
import { systemClock } from "../shared/clock.ts";
import { own } from "../shared/own.ts";
import { forbidden, isAuthorized } from "./authorize.ts";
import type { Engines } from "./engines.ts";
import type { NascOptions } from "./options.ts";
import { problemOf, problemResponse } from "./problem.ts";
import { processContext } from "./process-context.ts";
import { type StreamFrame, Viewer } from "./viewer.ts";

const defaultHeartbeat = 15_000;

/**
 * Serves `GET /stream?scope=Type:id&…`: a snapshot of each instance, then what changes, as server-sent events. A
 * refused scope does not affect the others.
 */
export function streamRoute<E extends Env>(
  options: NascOptions<E>,
  engines: Engines<E>,
): (context: Context<E>) => Promise<Response> {
  const heartbeat = options.heartbeat ?? defaultHeartbeat;

  async function open(
    context: Context<E>,
    viewer: Viewer,
    addresses: readonly Address[],
  ): Promise<Outcome[]> {
    const outside = await processContext(context, options);
    // At once: a storage that does not answer would hold the page for as long again with each.
    const opened = await Promise.allSettled(addresses.map(async (address) => {
      const allowed = await isAuthorized(context, options, { ...address, event: "mount" });
      return allowed ? await viewer.open(address, outside) : forbid(address);
    }));
    return opened.map((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    });
  }

  return async (context) => {
    const addresses = readAddresses(context);
    const viewer = new Viewer(engines.for(context), {
      clock: options.clock ?? systemClock,
    });
    const outcomes = await open(context, viewer, addresses).catch((error) => {
      viewer.close();
      throw error;
    });
    const [first] = outcomes;
    if (first && !first.ok && outcomes.every(({ ok }) => !ok)) {
      return problemResponse(problemOf(first.error));
    }

    const response = streamSSE(context, async (stream) => {
      stream.onAbort(() => viewer.close());
      try {
        await send(stream, "hello", JSON.stringify({ heartbeat }));
        for (const [index, outcome] of outcomes.entries()) {
          await write(stream, firstFrame(addresses[index]!, outcome));
        }
        for await (const frame of viewer.follow(heartbeat)) {
          if (frame) await write(stream, frame);
          else await send(stream, "heartbeat", "");
        }
      } catch (error) {
        // The page reconnects and gets snapshots. What went wrong is not for it to know.
        reportError(error, { eventId: "stream" }, options);
      } finally {
        viewer.close();
      }
    });
    response.headers.set("cache-control", "no-cache, no-transform");
    response.headers.set("x-accel-buffering", "no");
    return response;
  };
}

async function write(stream: SSEStreamingApi, { event, ...frame }: StreamFrame): Promise<void> {
  await send(stream, event, toWire(frame));
}

async function send(stream: SSEStreamingApi, event: string, data: string): Promise<void> {
  // Hono writes every field that it finds, its own or not.
  await stream.writeSSE(own({ event, data }));
}

function firstFrame({ type, id }: Address, outcome: Outcome): StreamFrame {
  return outcome.ok
    ? { event: "snapshot", type, instance: id, rev: outcome.rev, patches: outcome.patches }
    : { event: "message", type, instance: id, rev: 0, patches: [outcome.error] };
}

function forbid(address: Address): Outcome {
  return { ok: false, error: errorPatch(forbidden(), address) };
}

function readAddresses(context: Context): Address[] {
  const texts = [...new Set(context.req.queries("scope") ?? [])];
  if (texts.length === 0 || texts.length > maxFollowed) {
    throw new NascError(
      "invalid-message",
      `A stream follows 1 to ${maxFollowed} instances, written ?scope=Type:id`,
    );
  }
  return texts.map(parseAddressText);
}
