import type { Context } from "hono";
import { respond } from "./respond.ts";

const jsonHeaders = { "content-type": "application/json" };
const answerHeaders = { ...jsonHeaders, "cache-control": "no-store" };

/** Returns a response of JSON text. */
export function jsonResponse(context: Context, text: string): Response {
  return respond(context, text, { status: 200, headers: jsonHeaders });
}

/** Returns a response of JSON text that is for whoever asked alone. */
export function answerResponse(context: Context, text: string): Response {
  return respond(context, text, { status: 200, headers: answerHeaders });
}
