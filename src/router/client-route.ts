import type { Context } from "hono";
import { clientScript } from "./client-script.ts";

/** Serves `GET /client.js`: the browser runtime. */
export function clientRoute(context: Context): Response {
  return context.body(clientScript, 200, {
    "content-type": "text/javascript; charset=utf-8",
    "cache-control": "public, max-age=0, must-revalidate",
  });
}
