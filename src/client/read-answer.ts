import type { ErrorPatch, Message, Patch } from "../processor/message.ts";
import type { Clock } from "../shared/clock.ts";
import { own } from "../shared/own.ts";
import { refusalOf } from "./refusal.ts";
import type { Answer } from "./transport.ts";

interface Body {
  readonly rev?: number;
  readonly patches?: readonly Patch[];
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** Reads what a server answered to a message, or to the request for a stream. */
export async function readAnswer(
  response: Response,
  clock: Clock,
  message: Partial<Message> = {},
): Promise<Answer> {
  const { ok, status } = response;
  const body = await readJson(response);
  const patches = Array.isArray(body.patches) ? body.patches as readonly Patch[] : [];
  if (ok && body.patches === patches && typeof body.rev === "number") {
    return { ok: true, rev: body.rev, patches };
  }
  // A redirect is not followed, and has the status 0.
  const [code, reason] = status < 400
    ? ["other-page", "Another page came instead of an answer; sign in again, or reload"]
    : [`http-${status}`, `The server answered ${status}`];
  const error = patches.find((patch) => patch?.action === "error") as ErrorPatch | undefined;
  return {
    ok: false,
    error: error ??
      refusalOf(message, body.code ?? code!, body.detail ?? body.title ?? reason!, body.fields),
    retryAfter: status === 429 || status >= 500 ? retryAfter(response, clock) : undefined,
  };
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
function retryAfter({ headers }: Response, clock: Clock): number {
  const value = headers.get("retry-after") ?? "0";
  const seconds = Number(value);
  const milliseconds = Number.isNaN(seconds) ? Date.parse(value) - clock.now() : seconds * 1000;
  return Math.max(0, milliseconds || 0);
}
