import type { Context, Env } from "hono";
import { getCookie } from "hono/cookie";
import type { SSEStreamingApi } from "hono/streaming";
import { type CookieOptions, serialize } from "hono/utils/cookie";
import { NascError } from "../processor/mod.ts";
import { toWire } from "../processor/to-wire.ts";
import { systemClock } from "../shared/clock.ts";
import { own } from "../shared/own.ts";
import { ClientStream } from "./client-stream.ts";
import type { ClientStreams } from "./client-streams.ts";
import type { Engines } from "./engines.ts";
import type { HangUps } from "./hang-ups.ts";
import { assertWithinLimit } from "./limit.ts";
import type { NascOptions } from "./options.ts";
import { processContext } from "./process-context.ts";
import { StreamLife } from "./stream-life.ts";
import { send, streamResponse } from "./stream-response.ts";
import { userOf } from "./user.ts";
import { type StreamFrame, Viewer } from "./viewer.ts";

const cookie = "nasc_client";
/** As long as browsers keep one, in seconds. */
const maxAge = 400 * 24 * 60 * 60;

/** What the routes of a Nasc share. */
export interface ClientStreamRouteOptions<E extends Env> {
  readonly engines: Engines<E>;
  readonly hangUps: HangUps;
  readonly clients: ClientStreams<E>;
}

/**
 * Serves `GET /stream?clientId=…`, which the first Nasc's own client opens: patches of what messages with that
 * `clientId` are sent to. The `clientId` belongs to the browser that opened its stream, which a cookie shows.
 */
export function clientStreamRoute<E extends Env>(
  options: NascOptions<E>,
  { engines, hangUps, clients }: ClientStreamRouteOptions<E>,
): (context: Context<E>) => Promise<Response> {
  const { clock = systemClock } = options;

  return async (context) => {
    const clientId = readClientId(context);
    const owner = ownerOf(context) ?? crypto.randomUUID();
    const engine = engines.for(context);
    const viewer = new Viewer(engine, { clock });
    const life = new StreamLife(context, viewer, { options, hangUps });
    try {
      const user = await userOf(context, options)();
      await life.belongsTo(user);
      const demand = { kind: "stream", count: 1, type: "", id: "", user } as const;
      await assertWithinLimit(context, options, demand);
      const outside = processContext(context, options, user);
      const client = new ClientStream({ context, outside, viewer, options, over: life.over });
      const leave = clients.join(client, { source: engine.source, clientId, owner });
      void life.over.then(leave);

      const write = async (stream: SSEStreamingApi, frame: StreamFrame) => {
        const patches = client.patchesOf(frame);
        if (patches.length > 0) await send(stream, toWire(patches));
      };
      context.header("set-cookie", cookieOf(context, owner), own({ append: true }));
      return streamResponse(context, { options, viewer, life, write });
    } catch (error) {
      life.end();
      throw error;
    }
  };
}

/** Returns the token by which a browser owns its `clientId`. */
export function ownerOf(context: Context): string | undefined {
  const owner = getCookie(context, cookie);
  return owner !== undefined && /^[\w-]{32,64}$/.test(owner) ? owner : undefined;
}

/** Without a path, it is for all that is below the router's base, whatever a proxy makes of that. */
function cookieOf(context: Context, owner: string): string {
  // Behind a proxy that ends the TLS, only the page's own address shows it.
  const isSecure = [context.req.url, context.req.header("referer") ?? ""]
    .some((url) => url.startsWith("https:"));
  return serialize(
    cookie,
    owner,
    own<CookieOptions>({ httpOnly: true, sameSite: "Strict", secure: isSecure, maxAge }),
  );
}

function readClientId(context: Context): string {
  const clientId = context.req.query("clientId") ?? "";
  if (/^[\w.~-]{1,128}$/.test(clientId)) return clientId;
  throw new NascError(
    "invalid-message",
    "A clientId is 1 to 128 letters, digits, dots, dashes, tildes and underscores",
  );
}
