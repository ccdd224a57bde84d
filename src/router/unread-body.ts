import type { Context } from "hono";
import { getRuntimeKey } from "hono/adapter";

const maxDrained = 64 * 1024 * 1024;

/** The requests whose bodies were given up half read. */
const abandoned: WeakSet<Request> = new WeakSet();

/** Notes that the rest of a body will not be read. */
export function abandon(request: Request): void {
  abandoned.add(request);
}

/**
 * Prepares for a response that comes before the end of the request's body, and returns the headers that it needs. On
 * Node the connection ends after it, or what is left of the body would stand before the next request. On workerd,
 * where we end no connections, the rest is read and dropped. Deno and Bun see to this themselves.
 */
export async function leaveBody(context: Context): Promise<Record<string, string>> {
  if (!isUnread(context)) return {};
  const runtime = getRuntimeKey();
  // HTTP/2 has no Host, and ends a stream without its connection.
  const isAlone = context.req.header("host") !== undefined;
  if (runtime === "node" && isAlone) return { connection: "close" };
  if (runtime === "workerd") await drain(context.req.raw);
  return {};
}

function isUnread({ req }: Context): boolean {
  if (abandoned.has(req.raw)) return true;
  if (req.raw.bodyUsed) return false;
  return req.header("transfer-encoding") !== undefined || Number(req.header("content-length")) > 0;
}

async function drain({ body }: Request): Promise<void> {
  if (!body || body.locked) return;
  let read = 0;
  try {
    for await (const chunk of body) {
      read += chunk.byteLength;
      if (read > maxDrained) return;
    }
  } catch {
    // The sender is gone, so there is nothing left to read.
  }
}
