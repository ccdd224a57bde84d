import type { Context, Env } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { reportError } from "../processor/report-error.ts";
import { type Clock, pause, systemClock } from "../shared/clock.ts";
import { own } from "../shared/own.ts";
import type { NascOptions } from "./options.ts";
import { respond } from "./respond.ts";
import type { StreamLife } from "./stream-life.ts";
import type { StreamFrame, Viewer } from "./viewer.ts";

const defaultHeartbeat = 15_000;
const longestFarewell = 5_000;

/** Options of {@link streamResponse}. */
export interface StreamResponseOptions<E extends Env> {
  readonly options: NascOptions<E>;
  readonly viewer: Viewer;
  readonly life: StreamLife<E>;
  /** Returns the frames before the first change; called when they are about to be sent. */
  readonly first?: () => Iterable<StreamFrame>;
  /** Sends a frame to the page. */
  readonly write: (stream: SSEStreamingApi, frame: StreamFrame) => Promise<void>;
}

/** Returns the response that shows what a viewer sees, as server-sent events, for as long as the stream lives. */
export function streamResponse<E extends Env>(
  context: Context<E>,
  { options, viewer, life, first = () => [], write }: StreamResponseOptions<E>,
): Response {
  const { heartbeat = defaultHeartbeat, clock = systemClock } = options;
  if (context.req.method === "HEAD") return headOf(context, life);
  const response = streamSSE(context, async (stream) => {
    const written = new AbortController();
    stream.onAbort(() => life.end());
    void life.watch();
    void cutOff(stream, life, { clock, signal: written.signal });
    try {
      await send(stream, JSON.stringify({ heartbeat }), "hello");
      for (const frame of first()) await write(stream, frame);
      for await (const frame of viewer.follow(heartbeat)) {
        if (frame) await write(stream, frame);
        else await send(stream, "", "heartbeat");
      }
      if (life.last) await send(stream, "", life.last);
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
}

/** Returns the head of a stream alone. Nobody would read the rest, nor end it. */
function headOf(context: Context, life: { readonly end: () => void }): Response {
  life.end();
  return respond(context, null, {
    status: 200,
    headers: { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform" },
  });
}

/** Sends a server-sent event; without a name, it is a message. */
export async function send(stream: SSEStreamingApi, data: string, event?: string): Promise<void> {
  // Hono writes every field that it finds, its own or not.
  await stream.writeSSE(own({ data, ...(event !== undefined && { event }) }));
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
