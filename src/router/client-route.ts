import type { Context, MiddlewareHandler, Next } from "hono";
import { etag, RETAINED_304_HEADERS } from "hono/etag";
import { NascError } from "../processor/mod.ts";
import { clientModules, clientScript } from "./client-script.ts";
import { respond } from "./respond.ts";

/** Serves `GET /client.js`: the browser runtime. */
export function clientRoute(context: Context): Response {
  return scriptResponse(context, clientScript);
}

/** Serves `GET /client-nasc.js`: the browser runtime for pages of the first Nasc, which bind controls by their names. */
export function clientNascRoute(context: Context): Response {
  return scriptResponse(context, 'export * from "./client.js?names";');
}

/** Serves `GET /client/:module`: what the runtime loads when a page asks for it. */
export function clientModuleRoute(context: Context): Response {
  const name = context.req.param("module") ?? "";
  if (!Object.hasOwn(clientModules, name)) {
    throw new NascError("not-found", "There is no such part of the client");
  }
  return scriptResponse(context, clientModules[name]!);
}

function scriptResponse(context: Context, script: string): Response {
  return respond(context, script, {
    status: 200,
    headers: {
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=0, must-revalidate",
    },
  });
}

/** Tags the runtime. Also where nothing has changed, a page of another origin needs to see that it may use it. */
export const clientTag: MiddlewareHandler = etag({
  retainedHeaders: [
    ...RETAINED_304_HEADERS,
    "access-control-allow-origin",
    "access-control-allow-credentials",
  ],
});

/** Lets pages of other origins load what comes after it. */
export async function shareResource(context: Context, next: Next): Promise<void> {
  await next();
  context.header("cross-origin-resource-policy", "cross-origin");
}
