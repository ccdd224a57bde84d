import type { Context, Env, Hono } from "hono";
import { matchedRoutes, routePath } from "hono/route";
import { errorPatch } from "../processor/make-patches.ts";
import { NascError } from "../processor/mod.ts";
import { failureResponse } from "./problem.ts";
import { leaveBody } from "./unread-body.ts";

/**
 * Answers on an app what none of these routes does with a problem: 405 for a wrong method, else 404. An app that mounts this
 * one never asks for its `notFound`. Routes that the other app declares later come first, unless they take everything.
 */
export function answerUnrouted<E extends Env>(
  app: Hono<E>,
  routes: Hono<E>["routes"],
): void {
  const allowed = new WeakMap<Context, Set<string>>();
  for (const { method, path } of routes) {
    if (method === "ALL") continue;
    app.all(path, async (context, next) => {
      const methods = allowed.get(context) ?? new Set();
      allowed.set(context, methods.add(method));
      if (method === "GET") methods.add("HEAD");
      await next();
    });
  }
  app.all("*", async (context, next) => {
    if (hasOtherRoute(context)) return await next();
    return await refuse(context, allowed.get(context));
  });
}

/** Returns whether the app that mounts this one has declared a route for the request, after this one's. */
function hasOtherRoute(context: Context): boolean {
  const depth = depthOf(routePath(context));
  return matchedRoutes(context).slice(context.req.routeIndex + 1)
    .some(({ path }) => !path.endsWith("*") || depthOf(path) > depth);
}

function depthOf(path: string): number {
  return path.split("/").length;
}

async function refuse(
  context: Context,
  methods: ReadonlySet<string> | undefined,
): Promise<Response> {
  const allow = methods && [...methods].join(", ");
  const error = allow
    ? new NascError("method-not-allowed", `The methods here are: ${allow}`)
    : new NascError("not-found", "There is nothing here");
  return failureResponse(context, {
    ok: false,
    error: errorPatch(error, { eventId: crypto.randomUUID() }),
    cause: error,
  }, {
    ...(allow && { allow }),
    ...await leaveBody(context),
  });
}
