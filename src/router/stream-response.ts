import type { Context, Env } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { NascError } from "../processor/errors.ts";
import { defaultReceiptTtl } from "../processor/receipts.ts";
import { reportError } from "../processor/report-error.ts";
import { type Clock, pause, systemClock } from "../shared/clock.ts";
import type { NascOptions } from "./options.ts";
import type { Protocol } from "./protocol.ts";
import { respond } from "./respond.ts";
import type { Sight } from "./sight.ts";
import type { StreamLife } from "./stream-life.ts";
import type { Viewer } from "./viewer.ts";

const defaultHeartbeat = 15_000;
const longestFarewell = 5_000;
/** The codes of errors after which the page opens another stream. */
const reopening: readonly string[] = ["newer-state", "unauthorized"];

/** Options of {@link streamResponse}. */
export interface StreamResponseOptions<E extends Env> {
  readonly options: NascOptions<E>;
  readonly viewer: Viewer;
  readonly life: StreamLife<E>;
  readonly protocol: Protocol;
  /** The stream's token. */
  readonly token: string;
  /** Returns what is seen before the first change; called when it is about to be sent. */
  readonly first?: () => Iterable<Sight>;
}

/** Returns the response that shows what a viewer sees, as server-sent events, for as long as the stream lives. */
export function streamResponse<E extends Env>(
  context: Context<E>,
  { options, viewer, life, protocol, token, first = () => [] }: StreamResponseOptions<E>,
): Response {
  const { heartbeat = defaultHeartbeat, receiptTtl = defaultReceiptTtl, clock = systemClock } =
    options;
  if (context.req.method === "HEAD") return headOf(context, life);
  const show = async (stream: SSEStreamingApi, sight: Sight): Promise<void> => {
    const encoded = protocol.sight(sight);
    if (encoded) await stream.write(encoded);
  };
  const write = async (stream: SSEStreamingApi): Promise<void> => {
    const written = new AbortController();
    stream.onAbort(() => life.end());
    void life.watch();
    void cutOff(stream, life, { clock, signal: written.signal });
    try {
      await stream.write(protocol.hello({ heartbeat, stream: token, receiptTtl }));
      for (const sight of first()) await show(stream, sight);
      for await (const sight of untilNewer(viewer, life, heartbeat)) {
        if (sight) await show(stream, sight);
        else await stream.write(protocol.beat());
      }
      if (life.last) await stream.write(protocol.farewell(life.last));
    } catch (error) {
      // The page reconnects and gets snapshots. What went wrong is not for it to know.
      reportError(error, { eventId: "stream" }, options);
    } finally {
      written.abort();
      life.end();
    }
  };
  const response = streamSSE(context, (stream) => life.writes(write(stream)));
  response.headers.set("cache-control", "no-cache, no-transform");
  response.headers.set("x-accel-buffering", "no");
  return response;
}

/**
 * Yields what a viewer sees, and ends the stream at a state that only newer processes can show, or where its page has to
 * be asked again who it is.
 */
async function* untilNewer(
  viewer: Viewer,
  life: { readonly end: (last: "reopen") => void },
  heartbeat: number,
): AsyncGenerator<Sight | undefined> {
  try {
    yield* viewer.follow(heartbeat);
  } catch (error) {
    if (!(error instanceof NascError && reopening.includes(error.code))) throw error;
    life.end("reopen");
  }
}

/** Returns the head of a stream alone. Nobody would read the rest, nor end it. */
function headOf(context: Context, life: { readonly end: () => void }): Response {
  life.end();
  return respond(context, null, {
    status: 200,
    headers: { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform" },
  });
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
