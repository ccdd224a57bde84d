import type { Context, Env } from "hono";
import { NascError } from "../processor/errors.ts";
import { clientStreamRoute, type StreamRouteOptions } from "./client-stream-route.ts";
import { firstSight, openScopes } from "./open-scopes.ts";
import { type OpenedStream, openStream } from "./open-stream.ts";
import type { OpenStreams } from "./open-streams.ts";
import type { NascOptions } from "./options.ts";
import { protocol1 } from "./protocol-1.ts";
import { protocol2 } from "./protocol-2.ts";
import { readScopes, type Scopes } from "./scopes.ts";
import type { Sight } from "./sight.ts";
import { streamResponse } from "./stream-response.ts";

/**
 * Serves `GET /stream?scope=Type:id&…`: each instance, whole or from what the page has on, then what changes, as
 * server-sent events. A refused scope does not affect the others.
 */
export function streamRoute<E extends Env>(
  options: NascOptions<E>,
  shared: StreamRouteOptions<E> & { readonly streams: OpenStreams },
): (context: Context<E>) => Promise<Response> {
  const { engines, hangUps, shutdown, streams } = shared;
  const openClientStream = clientStreamRoute(options, shared);

  async function serve(
    context: Context<E>,
    { home, viewer, life, token, userKey, outside }: OpenedStream<E>,
    { protocol, scopes }: Scopes,
  ): Promise<Response> {
    const open = viewer.open.bind(viewer);
    const opened = await openScopes(context, scopes, { options, outside, open });
    if (opened instanceof Response) {
      life.end();
      return opened;
    }
    if (protocol === 2) streams.join(token, { source: home.source, userKey, viewer }, life);

    // A slow reader may have been refused something by the time it gets it.
    const first = function* (): Generator<Sight> {
      for (const [index, one] of opened.entries()) {
        const scope = scopes[index]!;
        if (!one.ok || viewer.follows(scope)) yield firstSight(scope, one);
      }
    };
    return streamResponse(context, {
      options,
      viewer,
      life,
      protocol: protocol === 2 ? protocol2 : protocol1,
      token,
      first,
    });
  }

  return async (context) => {
    // A server on Node drops the response to it unread, and nobody would end the stream.
    if (context.req.header("upgrade")?.toLowerCase() === "websocket") {
      throw new NascError("invalid-message", "A stream is no WebSocket; GET /ws is");
    }
    if (!context.req.query("scope") && context.req.query("clientId")) {
      return await openClientStream(context);
    }
    const read = readScopes(context);
    const { scopes } = read;
    const [{ type, id }] = scopes;
    return await openStream(context, {
      options,
      engines,
      hangUps,
      shutdown,
      protocol: read.protocol,
      demand: { count: scopes.length, type, id },
      serve: (opened) => serve(context, opened, read),
    });
  };
}
