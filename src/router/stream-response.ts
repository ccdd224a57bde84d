import type { Context, Env } from "hono";
import { type Clock, pause, systemClock } from "../shared/clock.ts";
import type { Encoded } from "./encoded.ts";
import { respond } from "./respond.ts";
import { framesOf, type StreamOptions } from "./stream-frames.ts";
import type { StreamLife } from "./stream-life.ts";

const longestFarewell = 5_000;

/**
 * What Hono's `streamSSE` sets, which lets each frame pass through two streams more, and that takes longer than all else;
 * and what keeps proxies from holding frames back.
 */
const headers = {
  "transfer-encoding": "chunked",
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "connection": "keep-alive",
  "x-accel-buffering": "no",
};

/** Returns the response that shows what a viewer sees, as server-sent events, for as long as the stream lives. */
export function streamResponse<E extends Env>(
  context: Context<E>,
  given: StreamOptions<E>,
): Response {
  const { options: { clock = systemClock }, life } = given;
  if (context.req.method === "HEAD") return headOf(context, life);
  void life.watch();
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  return context.newResponse(bodyOf(framesOf(given), { life, clock }));
}

/**
 * Returns a body that is made while it is read: what a slow reader does not take is not there yet. It ends with its
 * frames, or without what comes last if nobody takes that.
 */
function bodyOf<E extends Env>(
  frames: AsyncGenerator<Encoded>,
  { life, clock }: { readonly life: StreamLife<E>; readonly clock: Clock },
): ReadableStream<Uint8Array> {
  const over = new AbortController();
  const { signal } = over;
  void life.writes(
    new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
  );

  function end(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (signal.aborted) return;
    over.abort();
    controller.close();
  }

  async function cutOff(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    await life.over;
    await pause(longestFarewell, { clock, signal });
    end(controller);
  }

  return new ReadableStream<Uint8Array>({
    start(controller) {
      void cutOff(controller);
    },
    async pull(controller) {
      const { done, value } = await frames.next();
      if (done) end(controller);
      else if (!signal.aborted) controller.enqueue(value.event);
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
