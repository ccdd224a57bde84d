import type { ErrorPatch } from "../processor/mod.ts";
import { own } from "../shared/own.ts";

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

const statuses: Readonly<Record<string, number>> = {
  "invalid-message": 400,
  "invalid-payload": 400,
  "forbidden": 403,
  "unknown-type": 404,
  "unknown-event": 404,
  "not-found": 404,
  "not-mounted": 409,
  "conflict": 409,
  "constraint": 409,
  "too-large": 413,
  "unsupported-media-type": 415,
  "internal": 500,
  "uncertain": 500,
  "unavailable": 503,
  "timeout": 503,
};

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** Returns the problem that an `error` patch reports. A handler's own code is a 422: the request was understood. */
export function problemOf(patch: ErrorPatch): Problem {
  const { code, message, eventId, fields } = own(patch);
  const status = Object.hasOwn(statuses, code) ? statuses[code]! : 422;
  return {
    type: "about:blank",
    title: titles[status]!,
    status,
    detail: message,
    code,
    ...(eventId !== undefined && { eventId }),
    ...(fields && { fields }),
    patches: [patch],
  };
}

/** Returns the response that carries a problem. */
export function problemResponse(problem: Problem): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...(problem.status === 503 && { "retry-after": "1" }),
    },
  });
}
