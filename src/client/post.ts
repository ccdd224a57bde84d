import type { ErrorPatch, Message, Patch } from "../processor/message.ts";
import type { Clock } from "../shared/clock.ts";
import { own } from "../shared/own.ts";
import { refusalOf } from "./refusal.ts";
import type { Answer } from "./transport.ts";

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

// Browsers let requests outlive their page, up to 64 KiB of bodies in all.
const keptAliveLength = 8_000;

/** Posts one message and returns the answer; rejects if none came. */
export async function post(
  url: string,
  message: Message,
  { clock, fetch, signal }: { clock: Clock; fetch: Fetch; signal: AbortSignal },
): Promise<Answer> {
  const body = JSON.stringify(message);
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    credentials: "same-origin",
    keepalive: body.length < keptAliveLength,
    body,
    signal,
  });
  const answer = await readJson(response);
  if (response.ok && Array.isArray(answer.patches) && typeof answer.rev === "number") {
    return { ok: true, rev: answer.rev, patches: answer.patches };
  }
  const error = answer.patches?.find((patch) => patch.action === "error") as
    | ErrorPatch
    | undefined;
  return {
    ok: false,
    error: error ?? refusalOf(
      message,
      answer.code ?? `http-${response.status}`,
      answer.detail ?? answer.title ?? `The server answered ${response.status}`,
    ),
    retryAfter: retryAfter(response, clock),
  };
}

interface Body {
  readonly rev?: number;
  readonly patches?: readonly Patch[];
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
}

async function readJson(response: Response): Promise<Body> {
  const text = await response.text();
  try {
    return own(JSON.parse(text));
  } catch {
    // A login form, or the page of a proxy.
    return own({});
  }
}

/** Returns milliseconds, from either form of Retry-After (RFC 9110, 10.2.3). */
function retryAfter({ status, headers }: Response, clock: Clock): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const value = headers.get("retry-after") ?? "0";
  const seconds = Number(value);
  const milliseconds = Number.isNaN(seconds) ? Date.parse(value) - clock.now() : seconds * 1000;
  return Math.max(0, milliseconds || 0);
}
