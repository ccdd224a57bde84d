import type { Context } from "hono";
import type { ErrorPatch } from "../processor/mod.ts";
import type { Failed } from "../processor/outcome.ts";
import { own } from "../shared/own.ts";
import { Refusal } from "./refusal.ts";
import { respond } from "./respond.ts";

/** RFC 9457 problem details, with the `error` patch for the page. */
export interface Problem {
  /** No page describes the kind of problem; `code` tells the kinds apart. */
  readonly type: "about:blank";
  /** The status in words. */
  readonly title: string;
  /** The HTTP status. */
  readonly status: number;
  /** A sentence for people. */
  readonly detail: string;
  /** A stable code, as in the `error` patch. */
  readonly code: string;
  /** The id to look for in the log. */
  readonly eventId?: string;
  /** What is wrong with each field of the payload. */
  readonly fields?: Readonly<Record<string, string>>;
  /** The one patch for the page. */
  readonly patches: readonly ErrorPatch[];
}

const second = 1_000;
/** In milliseconds. */
const defaultRetryAfter = second;

/** The status of each code of the router's own. Of them, only 429 and those from 500 up are worth sending again. */
export const statuses: Readonly<Record<string, number>> = {
  "invalid-message": 400,
  "invalid-payload": 400,
  "unauthorized": 401,
  "forbidden": 403,
  "other-user": 403,
  "unknown-type": 404,
  "unknown-event": 404,
  "not-found": 404,
  "no-sockets": 404,
  "method-not-allowed": 405,
  "conflict": 409,
  "constraint": 409,
  "event-id-reused": 409,
  "uncertain": 409,
  "gone": 410,
  "too-large": 413,
  "unsupported-media-type": 415,
  "wrong-host": 421,
  "upgrade-required": 426,
  "limited": 429,
  "internal": 500,
  "queue-full": 503,
  "unavailable": 503,
  "timeout": 503,
  "newer-state": 503,
};

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  410: "Gone",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  426: "Upgrade Required",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** Returns the problem of one that failed among several. A handler's own code is a 422: the request was understood. */
export function problemOf({ error, cause }: Failed): Problem {
  const { code, message, eventId, fields } = own(error);
  const status = cause instanceof Refusal ? cause.status : statusOf(code);
  return {
    type: "about:blank",
    title: titles[status] ?? "Refused",
    status,
    detail: message,
    code,
    ...(eventId !== undefined && { eventId }),
    ...(fields && { fields }),
    patches: [error],
  };
}

/** Returns after how many milliseconds what failed may be sent again, where the answer says so. */
export function retryAfterOf({ error, cause }: Failed): number | undefined {
  const { status, retryAfter = defaultRetryAfter } = cause instanceof Refusal
    ? cause
    : { status: statusOf(error.code) };
  return status === 429 || status === 503 ? retryAfter : undefined;
}

/** Headers by name. */
type ResponseHeaders = Readonly<Record<string, string>>;

/**
 * Returns the response to a request that failed: the app's own, if it made one, or else the problem. `headers` are
 * those that it needs besides.
 */
export function failureResponse(
  context: Context,
  failed: Failed,
  headers: ResponseHeaders = {},
): Response {
  const { cause } = failed;
  if (!(cause instanceof Refusal)) return problemResponse(context, failed, headers);
  const { response } = cause;
  if (!response) return problemResponse(context, failed, headers);
  // What fetch and Response.redirect return takes no more headers, and each response here gets some.
  const copy = new Response(response.body, response);
  for (const [name, value] of Object.entries(headers)) copy.headers.set(name, value);
  return copy;
}

function statusOf(code: string): number {
  return Object.hasOwn(statuses, code) ? statuses[code]! : 422;
}

function problemResponse(
  context: Context,
  failed: Failed,
  headers: ResponseHeaders,
): Response {
  const problem = problemOf(failed);
  const { status } = problem;
  const retryAfter = retryAfterOf(failed);
  return respond(context, JSON.stringify(problem), {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...(retryAfter !== undefined && { "retry-after": String(Math.ceil(retryAfter / second)) }),
      ...headers,
    },
  });
}
