import type { Context } from "hono";

/**
 * Returns the headers by which a browser lets a page of another origin read a response. Hono's `cors` sets them, and
 * answers preflights, wherever they do not have to be fast.
 */
export function crossOriginHeaders(
  context: Context,
  origins: readonly string[],
): Readonly<Record<string, string>> {
  const origin = context.req.header("origin");
  return {
    ...(origin !== undefined && origins.includes(origin) && {
      "access-control-allow-origin": origin,
    }),
    "access-control-allow-credentials": "true",
    "vary": "Origin",
  };
}
