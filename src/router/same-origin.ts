import type { MiddlewareHandler } from "hono";
import { NascError } from "../processor/mod.ts";
import { type Hosts, isOwnUrl } from "./hosts.ts";

/**
 * Refuses requests from pages of other origins. Hono's `csrf()` checks form-like bodies only; this checks JSON, streams
 * and everything else too. A browser always says where a cross-origin request comes from, so a request that does not
 * say comes from no page.
 */
export function sameOrigin(origins: readonly string[], hosts: Hosts): MiddlewareHandler {
  return async (context, next) => {
    const origin = context.req.header("origin");
    const site = context.req.header("sec-fetch-site");
    const allowed = origin !== undefined && origins.includes(origin);
    // What the browser says itself is more reliable than names that a proxy may have changed on the way.
    const own = site !== undefined
      ? site === "same-origin" || site === "none"
      : origin === undefined || isOwnUrl(origin, context, hosts);
    if (!own && !allowed) {
      throw new NascError("forbidden", "This request comes from another origin");
    }
    await next();
  };
}
