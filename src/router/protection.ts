import type { Context } from "hono";
import { own } from "../shared/own.ts";

/**
 * What Hono's `secureHeaders` sets, which the routes of pages and descriptions use. Without a referrer, a browser sends
 * a form of the site itself as if it came from nowhere.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "origin-agent-cluster": "?1",
  "referrer-policy": "same-origin",
  "strict-transport-security": "max-age=15552000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-dns-prefetch-control": "off",
  "x-download-options": "noopen",
  "x-frame-options": "SAMEORIGIN",
  "x-permitted-cross-domain-policies": "none",
  "x-xss-protection": "0",
};

/** The headers of the responses to each request that has some coming. */
const protections = new WeakMap<Context, Readonly<Record<string, string>>>();
/** All headers of the responses that share the same of their own. */
const protectedHeaders = new WeakMap<object, Readonly<Record<string, string>>>();
/** The responses that were made with theirs. */
const made = new WeakSet<Response>();

/** Gives all responses to a request the headers that keep it from being misused. */
export function protect(context: Context): void {
  protections.set(context, securityHeaders);
}

/** Lets pages of other origins read all responses to a request, as far as these headers allow it. */
export function share(context: Context, headers: Readonly<Record<string, string>>): void {
  protections.set(context, { ...securityHeaders, ...headers });
  // As soon as somebody has looked at `res`, as Hono's `cors` does, what the app set before stands above all else.
  if (hasHeaders(context)) void context.res;
}

/**
 * Returns a response with all of its headers in one plain object, which is the fastest for a server to write; or
 * `undefined` where headers of the app's own are to be joined with them.
 */
export function protectedResponse(
  context: Context,
  body: string | null,
  { status, headers }: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
  },
): Response | undefined {
  const protection = protections.get(context);
  if (protection === undefined || hasHeaders(context)) return undefined;
  const response = new Response(body, own({ status, headers: withAll(headers, protection) }));
  made.add(response);
  return response;
}

/** Joins headers in a plain object, which inherits none. It is made once where nothing of the request is in it. */
function withAll(
  headers: Readonly<Record<string, string>>,
  protection: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const known = protection === securityHeaders ? protectedHeaders.get(headers) : undefined;
  if (known) return known;
  const all = Object.setPrototypeOf({ ...headers, ...protection }, null);
  if (protection === securityHeaders) protectedHeaders.set(headers, all);
  return all;
}

/** Leaves a response as it is: one that hands its connection over has no headers to come. */
export function leaveAsIs(response: Response): Response {
  made.add(response);
  return response;
}

/** Returns whether the app has set headers of the response to come. */
function hasHeaders(context: Context): boolean {
  for (const _ of context.newResponse(null).headers) return true;
  return false;
}

/** Returns a response with the headers that are coming to it, unless it was made with them. */
export function protectResponse(context: Context, response: Response): Response {
  const protection = protections.get(context);
  if (protection === undefined || made.has(response)) return response;
  const { vary, ...headers } = own(protection);
  context.res = response;
  for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
  if (vary !== undefined) context.res.headers.append("vary", vary);
  context.res.headers.delete("x-powered-by");
  return context.res;
}
