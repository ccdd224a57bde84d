import type { Message } from "../processor/message.ts";
import type { Clock } from "../shared/clock.ts";
import { readAnswer } from "./read-answer.ts";
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
    // The router may be on another origin, which then says whether it takes them.
    credentials: "include",
    keepalive: body.length < keptAliveLength,
    // Followed to the login of another origin, a redirect would look like a lost connection.
    redirect: "manual",
    body,
    signal,
  });
  return await readAnswer(response, clock, message);
}
