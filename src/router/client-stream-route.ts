import type { Context, Env } from "hono";
import { NascError } from "../processor/mod.ts";
import { toWire } from "../processor/to-wire.ts";
import { own } from "../shared/own.ts";
import { cookieOf, ownerOf } from "./client-cookie.ts";
import { ClientStream } from "./client-stream.ts";
import type { ClientStreams } from "./client-streams.ts";
import { encodeEvent } from "./encoded.ts";
import type { Engines } from "./engines.ts";
import type { HangUps } from "./hang-ups.ts";
import { type OpenedStream, openStream } from "./open-stream.ts";
import type { NascOptions } from "./options.ts";
import type { Protocol } from "./protocol.ts";
import { namedFrame, protocol1 } from "./protocol-1.ts";
import type { Shutdown } from "./shutdown.ts";
import { streamResponse } from "./stream-response.ts";

/** What the routes of streams share. */
export interface StreamRouteOptions<E extends Env> {
  readonly engines: Engines<E>;
  readonly hangUps: HangUps;
  readonly clients: ClientStreams<E>;
  readonly shutdown: Shutdown;
}

/**
 * Serves `GET /stream?clientId=…`, which the first Nasc's own client opens: patches of what messages with that
 * `clientId` are sent to. The `clientId` belongs to the browser that opened its stream, which a cookie shows.
 */
export function clientStreamRoute<E extends Env>(
  options: NascOptions<E>,
  { engines, hangUps, clients, shutdown }: StreamRouteOptions<E>,
): (context: Context<E>) => Promise<Response> {
  function serve(
    context: Context<E>,
    { home, viewer, life, token, userKey, outside }: OpenedStream<E>,
    clientId: string,
  ): Response {
    const owner = ownerOf(context) ?? crypto.randomUUID();
    const { over } = life;
    const client = new ClientStream({ context, outside, viewer, userKey, options, over });
    const leave = clients.join(client, { source: home.source, clientId, owner });
    void over.then(leave);

    const protocol: Protocol = {
      ...protocol1,
      sight(sight) {
        const frame = namedFrame(sight);
        const patches = frame ? client.patchesOf(frame) : [];
        return patches.length > 0 ? encodeEvent(toWire(patches)) : undefined;
      },
    };
    context.header("set-cookie", cookieOf(context, owner), own({ append: true }));
    return streamResponse(context, { options, viewer, life, protocol, token });
  }

  return async (context) => {
    const clientId = readClientId(context);
    return await openStream(context, {
      options,
      engines,
      hangUps,
      shutdown,
      protocol: 1,
      demand: { count: 1, type: "", id: "" },
      serve: (opened) => serve(context, opened, clientId),
    });
  };
}

function readClientId(context: Context): string {
  const clientId = context.req.query("clientId") ?? "";
  if (/^[\w.~-]{1,128}$/.test(clientId)) return clientId;
  throw new NascError(
    "invalid-message",
    "A clientId is 1 to 128 letters, digits, dots, dashes, tildes and underscores",
  );
}
