import type { Context } from "hono";
import { respond } from "./respond.ts";

/** Returns a response of JSON text. */
export function jsonResponse(
  context: Context,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return respond(context, text, {
    status: 200,
    headers: { "content-type": "application/json", ...headers },
  });
}
