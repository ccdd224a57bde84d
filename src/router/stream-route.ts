import type { Context, Env } from "hono";
import type { SSEStreamingApi } from "hono/streaming";
import { maxFollowed } from "../processor/message.ts";
import { type Address, NascError } from "../processor/mod.ts";
import { fail, type Failed, type Outcome, patchesOf } from "../processor/outcome.ts";
import { parseAddressText } from "../processor/parse-message.ts";
import { toWire } from "../processor/to-wire.ts";
import { askAuthorize } from "./authorize.ts";
import { clientStreamRoute, type StreamRouteOptions } from "./client-stream-route.ts";
import { type OpenedStream, openStream } from "./open-stream.ts";
import type { NascOptions } from "./options.ts";
import { failureResponse } from "./problem.ts";
import { Refusal } from "./refusal.ts";
import { send, streamResponse } from "./stream-response.ts";
import type { StreamFrame } from "./viewer.ts";

/**
 * Serves `GET /stream?scope=Type:id&…`: a snapshot of each instance, then what changes, as server-sent events. A
 * refused scope does not affect the others.
 */
export function streamRoute<E extends Env>(
  options: NascOptions<E>,
  shared: StreamRouteOptions<E>,
): (context: Context<E>) => Promise<Response> {
  const { engines, hangUps } = shared;
  const openClientStream = clientStreamRoute(options, shared);

  async function serve(
    context: Context<E>,
    { viewer, life, outside }: OpenedStream<E>,
    addresses: readonly Address[],
  ): Promise<Response> {
    // At once: a storage that does not answer would hold the page for as long again with each.
    const opened = await Promise.allSettled(addresses.map(async (address) => {
      const allowed = await askAuthorize(context, options, { ...address, event: "mount" });
      if (allowed === true) return await viewer.open(address, outside);
      return fail(allowed, { eventId: crypto.randomUUID(), ...address }, options);
    }));
    const outcomes = opened.map((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    });
    const refused = outcomes.filter((outcome) => !outcome.ok);
    if (refused.length === outcomes.length) {
      life.end();
      return firstResponse(context, refused);
    }

    // A slow reader may have been refused something by the time it gets it.
    function* first(): Generator<StreamFrame> {
      for (const [index, outcome] of outcomes.entries()) {
        const address = addresses[index]!;
        if (!outcome.ok || viewer.follows(address)) yield firstFrame(address, outcome);
      }
    }
    return streamResponse(context, { options, viewer, life, first, write });
  }

  return async (context) => {
    if (!context.req.query("scope") && context.req.query("clientId")) {
      return await openClientStream(context);
    }
    const addresses = readAddresses(context);
    return await openStream(context, {
      options,
      engines,
      hangUps,
      demand: { count: addresses.length, ...addresses[0]! },
      serve: (opened) => serve(context, opened, addresses),
    });
  };
}

async function write(stream: SSEStreamingApi, { event, ...frame }: StreamFrame): Promise<void> {
  await send(stream, toWire(frame), event);
}

function firstFrame({ type, id }: Address, outcome: Outcome): StreamFrame {
  const patches = patchesOf(outcome);
  return outcome.ok
    ? { event: "snapshot", type, instance: id, rev: outcome.rev, patches }
    : { event: "message", type, instance: id, rev: 0, patches };
}

/** Returns the answer to a request of which everything was refused: the first that the app made, or else a problem. */
function firstResponse(context: Context, refused: readonly Failed[]): Response {
  const answered = refused.find(({ cause }) => cause instanceof Refusal && cause.response);
  return failureResponse(context, answered ?? refused[0]!);
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
