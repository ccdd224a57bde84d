import type { AcceptedAnswer } from "../processor/frames.ts";
import type { ErrorPatch, Message } from "../processor/message.ts";
import type { Clock } from "../shared/clock.ts";
import { own } from "../shared/own.ts";
import { refusalOf } from "./refusal.ts";
import type { Answer, RefusedAnswer } from "./transport.ts";

const otherPage = "Another page came instead of an answer; sign in again, or reload";

interface Body {
  readonly patches?: unknown;
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
  if (ok && isAccepted(body)) return body;
  return {
    ok: false,
    error: errorIn(body) ?? describe(body, status, message),
    retryAfter: status === 429 || status >= 500 ? retryAfter(response, clock) : undefined,
  };
}

/** Reads why a server has not answered with what was requested; `undefined` if that cannot be told. */
export async function readRefusal(
  response: Response,
  clock: Clock,
): Promise<RefusedAnswer | undefined> {
  const answer = await readAnswer(response, clock);
  return answer.ok ? undefined : answer;
}

function isAccepted(body: Body | AcceptedAnswer): body is AcceptedAnswer {
  const { rev, epoch, patches, streamed } = body as Partial<AcceptedAnswer>;
  return typeof rev === "number" && typeof epoch === "string" &&
    (streamed === true || Array.isArray(patches));
}

function errorIn({ patches }: Body): ErrorPatch | undefined {
  const found = Array.isArray(patches) ? patches as readonly (ErrorPatch | undefined)[] : [];
  return found.find((patch) => patch?.action === "error");
}

function describe(
  { code, detail, title, fields }: Body,
  status: number,
  message: Partial<Message>,
): ErrorPatch {
  // A redirect is not followed, and has the status 0.
  return status < 400 ? refusalOf(message, "other-page", otherPage) : refusalOf(
    message,
    code ?? `http-${status}`,
    detail ?? title ?? `The server answered ${status}`,
    fields,
  );
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
