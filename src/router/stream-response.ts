import type { Context, Env } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { respond } from "./respond.ts";
import { writeStream, type WriteStreamOptions } from "./write-stream.ts";

/** Returns the response that shows what a viewer sees, as server-sent events, for as long as the stream lives. */
export function streamResponse<E extends Env>(
  context: Context<E>,
  stream: WriteStreamOptions<E>,
): Response {
  const { life } = stream;
  if (context.req.method === "HEAD") return headOf(context, life);
  const write = async (api: SSEStreamingApi): Promise<void> => {
    api.onAbort(() => life.end());
    await writeStream({
      write: ({ event }) => api.write(event),
      cut: () => api.abort(),
    }, stream);
  };
  const response = streamSSE(context, (api) => life.writes(write(api)));
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
