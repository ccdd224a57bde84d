import type { Context, Env } from "hono";
import type { SSEStreamingApi } from "hono/streaming";
import { maxFollowed } from "../processor/message.ts";
import { type Address, NascError } from "../processor/mod.ts";
import { fail, type Failed, type Outcome } from "../processor/outcome.ts";
import { parseAddressText } from "../processor/parse-message.ts";
import { toWire } from "../processor/to-wire.ts";
import { systemClock } from "../shared/clock.ts";
import { askAuthorize } from "./authorize.ts";
import { clientStreamRoute, type ClientStreamRouteOptions } from "./client-stream-route.ts";
import { assertWithinLimit } from "./limit.ts";
import type { NascOptions } from "./options.ts";
import { failureResponse } from "./problem.ts";
import { processContext } from "./process-context.ts";
import { Refusal } from "./refusal.ts";
import { StreamLife } from "./stream-life.ts";
import { send, streamResponse } from "./stream-response.ts";
import { userOf } from "./user.ts";
import { type StreamFrame, Viewer } from "./viewer.ts";

/**
 * Serves `GET /stream?scope=Type:id&…`: a snapshot of each instance, then what changes, as server-sent events. A
 * refused scope does not affect the others.
 */
export function streamRoute<E extends Env>(
  options: NascOptions<E>,
  shared: ClientStreamRouteOptions<E>,
): (context: Context<E>) => Promise<Response> {
  const { engines, hangUps } = shared;
  const { clock = systemClock } = options;
  const openClientStream = clientStreamRoute(options, shared);

  async function open(
    context: Context<E>,
    { viewer, life }: { readonly viewer: Viewer; readonly life: StreamLife<E> },
    addresses: readonly Address[],
  ): Promise<Outcome[]> {
    const user = await userOf(context, options)();
    await life.belongsTo(user);
    const count = addresses.length;
    await assertWithinLimit(context, options, { kind: "stream", count, ...addresses[0]!, user });
    const outside = processContext(context, options, user);
    // At once: a storage that does not answer would hold the page for as long again with each.
    const opened = await Promise.allSettled(addresses.map(async (address) => {
      const allowed = await askAuthorize(context, options, { ...address, event: "mount" });
      if (allowed === true) return await viewer.open(address, outside);
      return fail(allowed, { eventId: crypto.randomUUID(), ...address }, options);
    }));
    return opened.map((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    });
  }

  return async (context) => {
    if (!context.req.query("scope") && context.req.query("clientId")) {
      return await openClientStream(context);
    }
    const addresses = readAddresses(context);
    const viewer = new Viewer(engines.for(context), { clock });
    const life = new StreamLife(context, viewer, { options, hangUps });
    const outcomes = await open(context, { viewer, life }, addresses).catch((error) => {
      life.end();
      throw error;
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
  };
}

async function write(stream: SSEStreamingApi, { event, ...frame }: StreamFrame): Promise<void> {
  await send(stream, toWire(frame), event);
}

function firstFrame({ type, id }: Address, outcome: Outcome): StreamFrame {
  return outcome.ok
    ? { event: "snapshot", type, instance: id, rev: outcome.rev, patches: outcome.patches }
    : { event: "message", type, instance: id, rev: 0, patches: [outcome.error] };
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
