import type { Context } from "hono";
import type { StatusCode } from "hono/utils/http-status";
import { own } from "../shared/own.ts";
import { protectedResponse } from "./protection.ts";

/**
 * Returns a response with the headers that the app has set so far, such as the cookie that renews a session. Hono's
 * `json` and `body` would also send what other libraries added to all objects.
 */
export function respond(
  context: Context,
  body: string | null,
  { status, headers }: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
  },
): Response {
  const protectedOne = protectedResponse(context, body, { status, headers });
  if (protectedOne) return protectedOne;
  const init = own({ status: status as StatusCode, headers: { ...headers } });
  const response = context.newResponse(body, init);
  // One of several refusals may have been a redirect, and Hono notes where to among the headers.
  if (headers["location"] === undefined) response.headers.delete("location");
  return response;
}
