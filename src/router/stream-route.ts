import type { Context, Env } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { maxFollowed } from "../processor/message.ts";
import { type Address, NascError } from "../processor/mod.ts";
import { fail, type Failed, type Outcome } from "../processor/outcome.ts";
import { parseAddressText } from "../processor/parse-message.ts";
import { reportError } from "../processor/report-error.ts";
import { toWire } from "../processor/to-wire.ts";
import { type Clock, pause, systemClock } from "../shared/clock.ts";
import { own } from "../shared/own.ts";
import { askAuthorize } from "./authorize.ts";
import type { Engines } from "./engines.ts";
import type { HangUps } from "./hang-ups.ts";
import type { NascOptions } from "./options.ts";
import { failureResponse } from "./problem.ts";
import { processContext } from "./process-context.ts";
import { Refusal } from "./refusal.ts";
import { StreamLife } from "./stream-life.ts";
import { type StreamFrame, Viewer } from "./viewer.ts";

const defaultHeartbeat = 15_000;
const longestFarewell = 5_000;

/**
 * Serves `GET /stream?scope=Type:id&…`: a snapshot of each instance, then what changes, as server-sent events. A
 * refused scope does not affect the others.
 */
export function streamRoute<E extends Env>(
  options: NascOptions<E>,
  { engines, hangUps }: { readonly engines: Engines<E>; readonly hangUps: HangUps },
): (context: Context<E>) => Promise<Response> {
  const { heartbeat = defaultHeartbeat, clock = systemClock } = options;

  async function open(
    context: Context<E>,
    { viewer, life }: { readonly viewer: Viewer; readonly life: StreamLife<E> },
    addresses: readonly Address[],
  ): Promise<Outcome[]> {
    const outside = await processContext(context, options);
    await life.belongsTo(outside.user);
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
    const viewer = new Viewer(engines.for(context), { clock });
    const life = new StreamLife(context, viewer, { options, hangUps });
    const outcomes = await open(context, { viewer, life }, addresses).catch((error) => {
      life.end();
      throw error;
    });
    const refused = outcomes.filter((outcome) => !outcome.ok);
    if (refused.length === outcomes.length) {
      life.end();
      return firstResponse(refused);
    }

    const response = streamSSE(context, async (stream) => {
      const written = new AbortController();
      stream.onAbort(() => life.end());
      void life.watch();
      void cutOff(stream, life, { clock, signal: written.signal });
      try {
        await send(stream, "hello", JSON.stringify({ heartbeat }));
        for (const [index, outcome] of outcomes.entries()) {
          const address = addresses[index]!;
          // A slow reader may have been refused it by now.
          if (outcome.ok && !viewer.follows(address)) continue;
          await write(stream, firstFrame(address, outcome));
        }
        for await (const frame of viewer.follow(heartbeat)) {
          if (frame) await write(stream, frame);
          else await send(stream, "heartbeat", "");
        }
        if (life.last) await send(stream, life.last, "");
      } catch (error) {
        // The page reconnects and gets snapshots. What went wrong is not for it to know.
        reportError(error, { eventId: "stream" }, options);
      } finally {
        written.abort();
        life.end();
      }
    });
    response.headers.set("cache-control", "no-cache, no-transform");
    response.headers.set("x-accel-buffering", "no");
    return response;
  };
}

/** Ends the response to a reader that does not take what comes last. */
async function cutOff(
  stream: SSEStreamingApi,
  life: { readonly over: Promise<void> },
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  await life.over;
  await pause(longestFarewell, { clock, signal });
  if (!signal.aborted) stream.abort();
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
