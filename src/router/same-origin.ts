import type { Context, MiddlewareHandler } from "hono";
import { NascError } from "../processor/mod.ts";
import { type Hosts, isOwnUrl } from "./hosts.ts";

/** Where a request may come from. */
export interface OwnOrigins {
  /** Origins besides those of the hosts. */
  readonly origins: readonly string[];
  readonly hosts: Hosts;
}

/**
 * Refuses requests from pages of other origins. Hono's `csrf()` checks form-like bodies only; this checks JSON, streams
 * and everything else too. A browser always says where a cross-origin request comes from, so a request that does not
 * say comes from no page.
 */
export function sameOrigin(own: OwnOrigins): MiddlewareHandler {
  return async (context, next) => {
    assertSameOrigin(context, own);
    await next();
  };
}

/**
 * Refuses a request from a page of another origin.
 *
 * @throws {NascError} `forbidden`
 */
export function assertSameOrigin(context: Context, { origins, hosts }: OwnOrigins): void {
  const origin = context.req.header("origin");
  const site = context.req.header("sec-fetch-site");
  // What the browser says itself is more reliable than names that a proxy may have changed on the way.
  const own = site !== undefined
    ? site === "same-origin" || site === "none"
    : origin === undefined || isOwnUrl(origin, context, hosts);
  if (own || origin !== undefined && origins.includes(origin)) return;
  throw new NascError("forbidden", "This request comes from another origin");
}
