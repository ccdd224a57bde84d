import type { Context } from "hono";
import { own } from "../shared/own.ts";
import { readForm, urlencoded } from "./body.ts";
import { type Hosts, isOwnUrl } from "./hosts.ts";
import { respond } from "./respond.ts";

const mediaTypes: readonly string[] = [urlencoded, "multipart/form-data"];

/** Returns whether a form sends bodies of this media type. */
export function isForm(mediaType: string): boolean {
  return mediaTypes.includes(mediaType);
}

/**
 * Returns the message that a form without script sends: its address and event are in the URL, its fields are the
 * payload.
 *
 * @throws {NascError} if the body is no form, or too large
 */
export async function readFormMessage(context: Context, maxSize: number): Promise<unknown> {
  const { type, instance, event } = own(context.req.query());
  return { type, instance, event, payload: await readForm(context, maxSize) };
}

/** Returns the response that leads a form back: to the `return` of its action, or else to the page that it is on. */
export function leadBack(context: Context, hosts: Hosts): Response {
  return respond(context, null, {
    status: 303,
    headers: {
      location: returnPath(context) ?? refererPath(context, hosts) ?? "/",
      "cache-control": "no-store",
    },
  });
}

function returnPath(context: Context): string | undefined {
  const page = own(context.req.query())["return"];
  if (page === undefined || !isPath(page)) return undefined;
  const { origin } = new URL(context.req.url);
  const url = new URL(page, origin);
  return url.origin === origin ? pathOf(url) : undefined;
}

function refererPath(context: Context, hosts: Hosts): string | undefined {
  const referer = context.req.header("referer") ?? "";
  return isOwnUrl(referer, context, hosts) ? pathOf(new URL(referer)) : undefined;
}

const longestPath = 4_096;

/**
 * Returns a URL's path and query, unless a browser would take them for another site, as those of `/.//evil.example`.
 */
function pathOf({ pathname, search }: URL): string | undefined {
  const path = pathname + search;
  return isPath(path) && path.length <= longestPath ? path : undefined;
}

function isPath(text: string): boolean {
  // deno-lint-ignore no-control-regex -- browsers drop some of them, and what is left may begin with two slashes
  return /^\/(?!\/)[^\\\u0000-\u001f\u007f]*$/.test(text);
}
