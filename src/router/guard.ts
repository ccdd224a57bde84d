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
    // Where the browser says it itself, it knows better than names that a proxy may have changed on the way.
    const own = site !== undefined
      ? site === "same-origin" || site === "none"
      : origin === undefined || isOwn(origin, context);
    if (!own && !allowed) {
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

/** Whether `authorize` says yes. */
export async function isAuthorized<E extends Env>(
  context: Context<E>,
  { authorize }: NascOptions<E>,
  access: Access,
): Promise<boolean> {
  return authorize === undefined || await authorize(context, access);
}

/** Asks `authorize`; a no is an error. */
export async function assertAuthorized<E extends Env>(
  context: Context<E>,
  options: NascOptions<E>,
  access: Access,
): Promise<void> {
  if (!await isAuthorized(context, options, access)) {
    throw new NascError("forbidden", "You may not do this");
  }
}
