import type { Context, Env } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { maxFollowed } from "../processor/message.ts";
import { type Address, NascError } from "../processor/mod.ts";
import { fail, type Failed, type Outcome } from "../processor/outcome.ts";
import { parseAddressText } from "../processor/parse-message.ts";
import { reportError } from "../processor/report-error.ts";
import { toWire } from "../processor/to-wire.ts";
import { systemClock } from "../shared/clock.ts";
import { own } from "../shared/own.ts";
import { askAuthorize } from "./authorize.ts";
import type { Engines } from "./engines.ts";
import { assertWithinLimit } from "./limit.ts";
import type { NascOptions } from "./options.ts";
import { failureResponse } from "./problem.ts";
import { processContext } from "./process-context.ts";
import { Refusal } from "./refusal.ts";
import { userOf } from "./user.ts";
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
    const user = await userOf(context, options)();
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
    const addresses = readAddresses(context);
    const viewer = new Viewer(engines.for(context), {
      clock: options.clock ?? systemClock,
    });
    const outcomes = await open(context, viewer, addresses).catch((error) => {
      viewer.close();
      throw error;
    });
    const refused = outcomes.filter((outcome) => !outcome.ok);
    if (refused.length === outcomes.length) return firstResponse(refused);

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

/** Returns the answer to a request of which everything was refused: the first that the app made, or else a problem. */
function firstResponse(refused: readonly Failed[]): Response {
  const answered = refused.find(({ cause }) => cause instanceof Refusal && cause.response);
  return failureResponse(answered ?? refused[0]!);
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
