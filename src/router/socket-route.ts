import type { Context, Env } from "hono";
import { getRuntimeKey } from "hono/adapter";
import { NascError } from "../processor/mod.ts";
import { fail } from "../processor/outcome.ts";
import { pause, systemClock } from "../shared/clock.ts";
import { defaultMaxBodyBytes } from "./body.ts";
import type { Engines } from "./engines.ts";
import type { EventRoute } from "./event-route.ts";
import type { HangUps } from "./hang-ups.ts";
import { type OpenedStream, openStream } from "./open-stream.ts";
import type { OpenStreams } from "./open-streams.ts";
import type { NascOptions } from "./options.ts";
import { failureResponse } from "./problem.ts";
import { leaveAsIs } from "./protection.ts";
import type { Shutdown } from "./shutdown.ts";
import { type Socket, upgradeOfPlatform, type UpgradeWebSocket } from "./socket.ts";
import { SocketStream } from "./socket-stream.ts";

/** How many milliseconds a connection may take to become a socket. */
const longestUpgrade = 10_000;

/** Options of {@link socketRoute}. */
export interface SocketRouteOptions<E extends Env> {
  readonly engines: Engines<E>;
  readonly hangUps: HangUps;
  readonly shutdown: Shutdown;
  readonly streams: OpenStreams;
  readonly run: EventRoute<E>["run"];
}

/**
 * Serves `GET /ws`: what streams show and what messages are answered, over one WebSocket. The page says over it what to
 * follow.
 */
export function socketRoute<E extends Env>(
  options: NascOptions<E>,
  { engines, hangUps, shutdown, streams, run }: SocketRouteOptions<E>,
): (context: Context<E>) => Promise<Response> {
  const { clock = systemClock, maxBodyBytes = defaultMaxBodyBytes } = options;
  const upgrade = options.upgradeWebSocket ?? upgradeOfPlatform();

  async function serve(
    context: Context<E>,
    { home, viewer, life, token, userKey }: OpenedStream<E>,
    upgrade: UpgradeWebSocket,
  ): Promise<Response> {
    streams.join(token, { source: home.source, userKey, viewer }, life);
    const request = lastingRequest(context.req.raw);
    let stream: SocketStream<E> | undefined;
    // Not every platform says when a socket is open. Then its first message does.
    function begun(socket: Socket): SocketStream<E> {
      return stream ??= new SocketStream(context, socket, {
        ...{ options, viewer, life, token, run, clock, maxBytes: maxBodyBytes },
      });
    }
    const upgraded = await upgrade(() => ({
      onOpen: (_, socket) => void begun(socket),
      onMessage: ({ data }, socket) => begun(socket).hear(data),
      onClose: ({ code }, socket) => begun(socket).close(code),
      onError: () => life.end(),
    }))(context, () => Promise.resolve());
    context.req.raw = request;
    if (!upgraded) {
      life.end();
      return upgradeRequired(context);
    }
    void pause(longestUpgrade, { clock, signal: life.signal }).then(() => {
      if (!stream) life.end();
    });
    return leaveAsIs(upgraded);
  }

  function upgradeRequired(context: Context<E>): Response {
    const error = new NascError(
      "upgrade-required",
      "This is for WebSockets; if this was to be one, something on the way has dropped its Upgrade",
    );
    const failed = fail(error, { eventId: crypto.randomUUID() }, options);
    return failureResponse(context, failed, { upgrade: "websocket" });
  }

  return async (context) => {
    if (!upgrade) {
      throw new NascError(
        "no-sockets",
        "This server has no WebSockets: pass createNasc the upgradeWebSocket of @hono/node-server " +
          "or hono/deno; GET /stream and POST /event do the same without",
      );
    }
    if (context.req.header("upgrade")?.toLowerCase() !== "websocket") {
      return upgradeRequired(context);
    }
    return await openStream(context, {
      options,
      engines,
      hangUps,
      shutdown,
      protocol: 2,
      demand: { count: 1, type: "", id: "" },
      serve: (opened) => serve(context, opened, upgrade),
    });
  };
}

/** Returns a request as it is asked about later. Deno forgets the headers of its own with the upgrade. */
function lastingRequest(request: Request): Request {
  if (getRuntimeKey() !== "deno") return request;
  return new Request(request.url, { headers: request.headers });
}
