import type { Context, Env } from "hono";
import { streamSSE } from "hono/streaming";
import { delay } from "../processor/delay.ts";
import { NascError, type Patch } from "../processor/mod.ts";
import { parseScope } from "../processor/parse-message.ts";
import { type Engines, processContext } from "./engines.ts";
import { authorized } from "./guard.ts";
import type { NascOptions } from "./options.ts";
import { problemOf, problemResponse } from "./problem.ts";
import { Viewer } from "./viewer.ts";
import { toWire } from "./wire.ts";

const mostScopes = 100;
const defaultHeartbeat = 15_000;

/** `GET /stream?scope=Type:id&…`: a snapshot of each instance, then what changes, as server-sent events. */
export function streamRoute<E extends Env>(
  options: NascOptions<E>,
  engines: Engines<E>,
): (context: Context<E>) => Promise<Response> {
  return async (context) => {
    const scopes = readScopes(context);
    for (const { type, id } of scopes) {
      await authorized(context, options, { type, id, event: "mount" });
    }

    const viewer = new Viewer(engines.for(context), engines.hub, { delay: options.delay ?? delay });
    const snapshots: (readonly Patch[])[] = [];
    for (const scope of scopes) {
      const { patches, failed } = await viewer.open(scope, processContext(context, options));
      if (failed) {
        viewer.close();
        return refusal(patches);
      }
      snapshots.push(patches);
    }

    const response = streamSSE(context, async (stream) => {
      stream.onAbort(() => viewer.close());
      try {
        for (const patches of snapshots) {
          await stream.writeSSE({ event: "snapshot", data: toWire(patches) });
        }
        for await (const told of viewer.follow(options.heartbeat ?? defaultHeartbeat)) {
          if (told) await stream.writeSSE({ event: told.event, data: toWire(told.patches) });
          else await stream.write(": still here\n\n");
        }
      } catch (error) {
        // The page reconnects and gets snapshots; what went wrong is not for it to read.
        (options.onError ?? console.error)(error, { eventId: "stream" });
      } finally {
        viewer.close();
      }
    });
    response.headers.set("cache-control", "no-cache, no-transform");
    response.headers.set("x-accel-buffering", "no");
    return response;
  };
}

function readScopes(context: Context): { type: string; id: string }[] {
  const scopes = [...new Set(context.req.queries("scope") ?? [])];
  if (scopes.length === 0 || scopes.length > mostScopes) {
    throw new NascError(
      "invalid-message",
      `A stream shows 1 to ${mostScopes} scopes, as ?scope=Type:id`,
    );
  }
  return scopes.map((scope) => {
    const [type, id] = parseScope(scope);
    return { type, id };
  });
}

function refusal(patches: readonly Patch[]): Response {
  const [patch] = patches;
  if (patch?.action !== "error") {
    throw new TypeError("Cannot refuse: a failed mount has an error patch");
  }
  return problemResponse(problemOf(patch));
}
