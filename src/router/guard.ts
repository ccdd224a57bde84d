import type { Context, Env, MiddlewareHandler } from "hono";
import { NascError } from "../processor/mod.ts";
import type { Access, NascOptions } from "./options.ts";

/**
 * Refuses requests that a page of another origin has sent. Hono's `csrf()` looks at form-like bodies only; here
 * JSON, streams and everything else count as well. A browser always says where a cross-origin request comes
 * from, so a request that says nothing comes from no page.
 */
export function sameOrigin(origins: readonly string[]): MiddlewareHandler {
  return async (context, next) => {
    const origin = context.req.header("origin");
    const site = context.req.header("sec-fetch-site");
    const allowed = origin !== undefined && origins.includes(origin);
    const foreign = (site !== undefined && site !== "same-origin" && site !== "none") ||
      (origin !== undefined && !isOwn(origin, context));
    if (foreign && !allowed) {
      throw new NascError("forbidden", "This request comes from another origin");
    }
    await next();
  };
}

/** Whether an address is of the host that the request went to; a proxy may have ended the TLS before. */
export function isOwn(address: string, context: Context): boolean {
  const host = context.req.header("host") ?? new URL(context.req.url).host;
  return URL.canParse(address) && new URL(address).host === host;
}

/** Asks `authorize`, and refuses by an error. */
export async function authorized<E extends Env>(
  context: Context<E>,
  options: NascOptions<E>,
  access: Access,
): Promise<void> {
  if (options.authorize && !await options.authorize(context, access)) {
    throw new NascError("forbidden", "You may not do this");
  }
}
