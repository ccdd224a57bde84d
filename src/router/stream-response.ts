import type { Context, Env } from "hono";
import { NascError } from "../processor/errors.ts";
import { defaultReceiptTtl } from "../processor/receipts.ts";
import { reportError } from "../processor/report-error.ts";
import { type Clock, pause, systemClock } from "../shared/clock.ts";
import type { Encoded } from "./encoded.ts";
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

/** What Hono's `streamSSE` sets. It lets each frame pass through two streams more, which takes longer than all else. */
const headers = {
  "transfer-encoding": "chunked",
  "content-type": "text/event-stream",
  "cache-control": "no-cache",
  "connection": "keep-alive",
};

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
  given: StreamResponseOptions<E>,
): Response {
  const { options: { clock = systemClock }, life } = given;
  if (context.req.method === "HEAD") return headOf(context, life);
  void life.watch();
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  const response = context.newResponse(bodyOf(framesOf(given), { life, clock }));
  response.headers.set("cache-control", "no-cache, no-transform");
  response.headers.set("x-accel-buffering", "no");
  return response;
}

/** Yields all that a stream says. */
async function* framesOf<E extends Env>(
  { options, viewer, life, protocol, token, first = () => [] }: StreamResponseOptions<E>,
): AsyncGenerator<Encoded> {
  const { heartbeat = defaultHeartbeat, receiptTtl = defaultReceiptTtl } = options;
  try {
    yield protocol.hello({ heartbeat, stream: token, receiptTtl });
    for (const sight of first()) {
      const encoded = protocol.sight(sight);
      if (encoded) yield encoded;
    }
    for await (const sight of viewer.follow(heartbeat)) {
      const encoded = sight ? protocol.sight(sight) : protocol.beat();
      if (encoded) yield encoded;
    }
  } catch (error) {
    // Only newer processes can show the state, or its page has to be asked again who it is.
    if (error instanceof NascError && reopening.includes(error.code)) life.end("reopen");
    // The page reconnects and gets snapshots. What went wrong is not for it to know.
    else reportError(error, { eventId: "stream" }, options);
  } finally {
    life.end();
  }
  if (life.last) yield protocol.farewell(life.last);
}

/**
 * Returns a body that is made while it is read: what a slow reader does not take is not there yet. It ends with its
 * frames, or without what comes last if nobody takes that.
 */
function bodyOf<E extends Env>(
  frames: AsyncGenerator<Encoded>,
  { life, clock }: { readonly life: StreamLife<E>; readonly clock: Clock },
): ReadableStream<Encoded> {
  const over = new AbortController();
  const { signal } = over;
  void life.writes(
    new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
  );

  function end(controller: ReadableStreamDefaultController<Encoded>): void {
    if (signal.aborted) return;
    over.abort();
    controller.close();
  }

  async function cutOff(controller: ReadableStreamDefaultController<Encoded>): Promise<void> {
    await life.over;
    await pause(longestFarewell, { clock, signal });
    end(controller);
  }

  return new ReadableStream<Encoded>({
    start(controller) {
      void cutOff(controller);
    },
    async pull(controller) {
      const { done, value } = await frames.next();
      if (done) end(controller);
      else if (!signal.aborted) controller.enqueue(value);
    },
    cancel() {
      over.abort();
      life.end();
    },
  }, { highWaterMark: 0 });
}

/** Returns the head of a stream alone. Nobody would read the rest, nor end it. */
function headOf(context: Context, life: { readonly end: () => void }): Response {
  life.end();
  return respond(context, null, {
    status: 200,
    headers: { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform" },
  });
}
