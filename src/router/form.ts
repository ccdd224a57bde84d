import type { Context } from "hono";
import { type FormAction, readFormAction } from "../page/form-action.ts";
import { maxNameLength } from "../processor/message.ts";
import { NascError } from "../processor/mod.ts";
import { own } from "../shared/own.ts";
import { readForm, urlencoded } from "./body.ts";
import { formPayload } from "./form-payload.ts";
import { type Hosts, isOwnUrl } from "./hosts.ts";
import { respond } from "./respond.ts";

/** The message that a form sends, of which nothing but the payload has been checked. */
export interface FormMessage {
  readonly type: string | undefined;
  readonly instance: string | undefined;
  readonly event: string | undefined;
  readonly payload: Readonly<Record<string, unknown>>;
}

const mediaTypes: readonly string[] = [urlencoded, "multipart/form-data"];

/** Returns whether a form sends bodies of this media type. */
export function isForm(mediaType: string): boolean {
  return mediaTypes.includes(mediaType);
}

/** How many names of each kind, and how many rows, an action may have. */
const maxNames = 100;
/** How many characters the query of an action may have. */
const maxQueryLength = 16_384;

/**
 * Returns what the action of a form says.
 *
 * @throws {NascError} `too-large` or `invalid-message`
 */
export function readAction(context: Context): Partial<FormAction> {
  // A request may say two hosts, of which no address can be made.
  const { url } = context.req;
  const search = url.includes("?") ? url.slice(url.indexOf("?")) : "";
  const searchParams = new URLSearchParams(search);
  if (search.length > maxQueryLength) {
    throw new NascError("too-large", "The action of this form is too long");
  }
  const action = readFormAction(searchParams);
  const { rows = [], flags = [], lists = [], keep = [], data = {} } = action;
  const names = [flags, lists, keep, Object.keys(data)];
  if ([rows, ...names].some((list) => list.length > maxNames)) {
    throw new NascError(
      "invalid-message",
      `The action of a form has at most ${maxNames} of each parameter`,
    );
  }
  if ([rows, ...names].flat().some((name) => name.length > maxNameLength)) {
    throw new NascError(
      "invalid-message",
      `A name in the action of a form has at most ${maxNameLength} characters`,
    );
  }
  return action;
}

/**
 * Returns the message that a form without script sends: its address and event are in its action, and its fields are
 * the payload, with what the action says besides.
 *
 * @throws {NascError} if the body is no form, or too large
 */
export async function readFormMessage(
  context: Context,
  action: Partial<FormAction>,
  maxSize: number,
): Promise<FormMessage> {
  const { type, id: instance, event } = action;
  const payload = formPayload(await readForm(context, maxSize), action);
  return { type, instance, event, payload };
}

/** Returns the response that leads a form back: to the `return` of its action, or else to the page that it is on. */
export function leadBack(
  context: Context,
  hosts: Hosts,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const location = pageOf(context, hosts) ?? "/";
  return respond(context, null, {
    status: 303,
    headers: { location, "cache-control": "no-store", ...headers },
  });
}

/** Returns where a form leads back to; `undefined` if neither its action nor its browser says so. */
export function pageOf(context: Context, hosts: Hosts): string | undefined {
  return returnPath(context) ?? refererPath(context, hosts);
}

function returnPath(context: Context): string | undefined {
  const page = own(context.req.query())["return"];
  if (page === undefined || !isPath(page)) return undefined;
  // A request may say two hosts, of which no address can be made.
  if (!URL.canParse(context.req.url)) return undefined;
  const { origin } = new URL(context.req.url);
  const url = new URL(page, origin);
  const path = url.origin === origin ? pathOf(url) : undefined;
  return path && isShort(path + url.hash) ? path + url.hash : undefined;
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
  return isPath(path) && isShort(path) ? path : undefined;
}

function isShort(path: string): boolean {
  return path.length <= longestPath;
}

function isPath(text: string): boolean {
  // deno-lint-ignore no-control-regex -- browsers drop some of them, and what is left may begin with two slashes
  return /^\/(?!\/)[^\\\u0000-\u001f\u007f]*$/.test(text);
}
