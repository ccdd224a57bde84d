import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { type CookieOptions, serialize } from "hono/utils/cookie";
import { own } from "../shared/own.ts";

const cookie = "nasc_client";
/** As long as browsers keep one, in seconds. */
const maxAge = 400 * 24 * 60 * 60;

/** Returns the token by which a browser owns its `clientId`. */
export function ownerOf(context: Context): string | undefined {
  const owner = getCookie(context, cookie);
  return owner !== undefined && /^[\w-]{32,64}$/.test(owner) ? owner : undefined;
}

/**
 * Returns the cookie that gives a browser its token. Without a path, it is for all that is below the router's base,
 * whatever a proxy makes of that.
 */
export function cookieOf(context: Context, owner: string): string {
  // Behind a proxy that ends the TLS, only the page's own address shows it.
  const isSecure = [context.req.url, context.req.header("referer") ?? ""]
    .some((url) => url.startsWith("https:"));
  return serialize(
    cookie,
    owner,
    own<CookieOptions>({ httpOnly: true, sameSite: "Strict", secure: isSecure, maxAge }),
  );
}
