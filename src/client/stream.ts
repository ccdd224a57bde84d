import type { Address } from "../processor/address.ts";
import { type Frame, maxFollowed } from "../processor/message.ts";
import { attempt } from "./attempt.ts";
import type { Fetch } from "./post.ts";
import { readAnswer } from "./read-answer.ts";
import type { RefusedAnswer, StreamListener } from "./transport.ts";
import { waitAfter, type WaitOptions } from "./wait-after.ts";

/** The part of an `EventSource` that the client uses. */
export interface EventStream {
  /** `2` once the server has answered with something else than a stream. */
  readonly readyState?: number;
  /** Listens to `open`, `hello`, `snapshot`, `message`, `heartbeat`, `reopen` or `error`. */
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  /** Ends the stream. */
  close(): void;
}

/** The class that opens an {@link EventStream}, such as the browser's `EventSource`. */
export type EventStreamConstructor = new (
  url: string,
  init: { readonly withCredentials: boolean },
) => EventStream;

/** Options of {@link follow}. */
export interface StreamOptions extends Omit<WaitOptions, "signal"> {
  readonly EventSource: EventStreamConstructor;
  /** Asks why a stream did not open. */
  readonly fetch: Fetch;
  readonly listener: StreamListener;
}

// A server that accepts streams and drops them at once must not be asked at full pace.
const steadyAfter = 5_000;
// Only its silence shows that a connection has died, as behind a router or on a computer that slept.
const heartbeats = 3;
const shortestSilence = 10_000;
/** The codes of refusals that may be over by the time that the stream opens again. */
const repeatable: readonly string[] = ["limited", "unavailable", "timeout"];
/** What `EventSource.CLOSED` is. */
const closed = 2;
const mediaType = "text/event-stream";

/** Follows instances over server-sent events until the returned function is called. */
export function follow(
  url: string,
  addresses: readonly Address[],
  options: StreamOptions,
): () => void {
  const streams: (() => void)[] = [];
  for (let first = 0; first < addresses.length; first += maxFollowed) {
    streams.push(followTogether(url, addresses.slice(first, first + maxFollowed), options));
  }
  return () => streams.forEach((close) => close());
}

function followTogether(
  url: string,
  addresses: readonly Address[],
  { EventSource, clock, fetch, listener, random }: StreamOptions,
): () => void {
  /** Those that the server has not refused. */
  let followed = addresses;
  const closing = new AbortController();
  const { signal } = closing;
  let failures = 0;
  let source: EventStream;
  let address: string;
  let steady: unknown;
  let isSteady = false;
  let heartbeat = 15_000;
  let silence: unknown;

  function open(): void {
    isSteady = false;
    const query = followed.map(({ type, id }) => `scope=${encodeURIComponent(`${type}:${id}`)}`);
    address = `${url}?${query.join("&")}`;
    source = new EventSource(address, { withCredentials: true });
    source.addEventListener("open", () => {
      steady = clock.setTimeout(() => {
        isSteady = true;
        failures = 0;
      }, steadyAfter);
    });
    hear("hello", (data) => {
      heartbeat = JSON.parse(data).heartbeat ?? heartbeat;
      expectMore();
    });
    hear("snapshot", (data) => listener.snapshot(JSON.parse(data)));
    hear("message", (data) => message(JSON.parse(data)));
    hear("heartbeat", () => {});
    hear("reopen", () => isSteady ? renew() : reopen());
    source.addEventListener("error", reopen);
    expectMore();
  }

  function hear(type: string, receive: (data: string) => void): void {
    source.addEventListener(type, ({ data }) => {
      expectMore();
      receive(String(data));
    });
  }

  function message(frame: Frame): void {
    const error = frame.patches.find((patch) => patch.action === "error");
    // What is refused is not asked for again here, but by the listener, when it may help.
    if (error && !repeatable.includes(error.code)) {
      followed = followed.filter(({ type, id }) => type !== frame.type || id !== frame.instance);
      if (followed.length === 0) close();
    }
    listener.message(frame);
  }

  function expectMore(): void {
    clock.clearTimeout(silence);
    silence = clock.setTimeout(reopen, Math.max(heartbeats * heartbeat, shortestSilence));
  }

  function hangUp(): void {
    clock.clearTimeout(steady);
    clock.clearTimeout(silence);
    source.close();
  }

  function renew(): void {
    hangUp();
    listener.reopening(followed);
    open();
  }

  // The browser retries a dropped connection at a fixed pace, and never after an HTTP error. A new stream after a
  // growing pause serves both, because it starts with snapshots.
  async function reopen(): Promise<void> {
    const { readyState } = source;
    hangUp();
    listener.lost(followed);
    const answer = readyState === closed ? await attempt(ask, { clock, signal }) : undefined;
    if (signal.aborted) return;
    if (answer && answer.retryAfter === undefined) {
      listener.refused(followed, answer.error);
      return;
    }
    await waitAfter(++failures, { clock, random, signal }, answer?.retryAfter);
    if (!signal.aborted) renew();
  }

  /** Requests the stream as an `EventSource` would, which does not say how it was refused. */
  async function ask(signal: AbortSignal): Promise<RefusedAnswer | undefined> {
    const response = await fetch(address, {
      headers: { accept: mediaType },
      credentials: "include",
      redirect: "manual",
      signal,
    });
    if (response.ok && response.headers.get("content-type")?.startsWith(mediaType)) {
      await response.body?.cancel();
      return undefined;
    }
    const answer = await readAnswer(response, clock);
    return answer.ok ? undefined : answer;
  }

  function close(): void {
    closing.abort();
    hangUp();
  }

  open();
  return close;
}
