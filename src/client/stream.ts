import type { Address } from "../processor/address.ts";
import type { ErrorFrame, Frame, InstanceFrame, PassingFrame } from "../processor/frames.ts";
import { attempt } from "./attempt.ts";
import { poll, type Polling } from "./poll.ts";
import type { Fetch } from "./post.ts";
import { readRefusal } from "./read-answer.ts";
import { streamAddress } from "./stream-address.ts";
import type { RefusedAnswer, StreamListener } from "./transport.ts";
import { waitAfter, type WaitOptions } from "./wait-after.ts";

/** The part of an `EventSource` that the client uses. */
export interface EventStream {
  /** `2` once the server has answered with something else than a stream. */
  readonly readyState?: number;
  /** Listens to `open`, `message` or `error`. */
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  /** Ends the stream. */
  close(): void;
}

/** The class that opens an {@link EventStream}, such as the browser's `EventSource`. */
export type EventStreamConstructor = new (
  url: string,
  init: { readonly withCredentials: boolean },
) => EventStream;

/** Options of streams. */
export interface StreamOptions extends Omit<WaitOptions, "signal"> {
  /** Opens streams. Without it, what they would bring is asked for again and again. */
  readonly EventSource: EventStreamConstructor | undefined;
  /** Asks why a stream did not open, and for what it would bring. */
  readonly fetch: Fetch;
}

/** One stream of the server, opened again whenever it ends. */
export interface Stream {
  /** Whether it is closed for good. */
  readonly isOver: boolean;
  /** Returns whether it follows an instance. */
  follows(address: Address): boolean;
  /** Follows these instances no longer. */
  drop(addresses: readonly Address[]): void;
  /** Opens again, after a pause if it was open for a short time only. */
  reopen(): void;
  /** Ends for good. */
  close(): void;
}

// A server that accepts streams and drops them at once must not be asked at full pace.
const steadyAfter = 5_000;
// Only its silence shows that a connection has died, as behind a router or on a computer that slept.
const heartbeats = 3;
const shortestSilence = 10_000;
/** After so many streams of which nothing has come, one asks for what they would bring: a proxy may hold them back. */
const mostSilent = 2;
const triedAgainAfter = 300_000;
/** The codes of refusals that may be over by the time that the stream opens again. */
const repeatable: readonly string[] = ["limited", "unavailable", "timeout", "newer-state"];
/** What `EventSource.CLOSED` is. */
const closed = 2;
const mediaType = "text/event-stream";

/**
 * Follows instances over server-sent events, all by one stream, until it is closed or follows nothing any more.
 *
 * @param url Where the router is.
 */
export function openStream(
  url: string,
  addresses: readonly Address[],
  { EventSource, clock, fetch, listener, random }: StreamOptions & {
    readonly listener: StreamListener;
  },
): Stream {
  /** Those that the server has not refused. */
  let followed = addresses;
  const closing = new AbortController();
  const { signal } = closing;
  let failures = 0;
  let source: EventStream | undefined;
  let address: string;
  let steady: unknown;
  /** Whether the server has sent something. */
  let isOpen = false;
  let isSteady = false;
  /** How many streams in a row have brought nothing. */
  let silent = 0;
  /** What goes on in place of a stream. */
  let polling: Polling | undefined;
  let heartbeat = 15_000;
  let silence: unknown;

  function open(): void {
    isOpen = isSteady = false;
    if (!EventSource) return void pollUntil(Infinity);
    address = addressOf("stream");
    source = new EventSource(address, { withCredentials: true });
    source.addEventListener("open", () => {
      steady = clock.setTimeout(() => {
        isSteady = true;
        failures = 0;
      }, steadyAfter);
    });
    source.addEventListener("message", ({ data }) => {
      isOpen = true;
      expectMore();
      receive(JSON.parse(String(data)));
    });
    source.addEventListener("error", retry);
    expectMore();
  }

  function addressOf(route: string): string {
    return streamAddress(`${url}/${route}`, followed, listener.opening(followed));
  }

  function receive(frame: Frame): void {
    switch (frame.action) {
      case "hello":
        heartbeat = frame.heartbeat;
        expectMore();
        return listener.opened(followed, frame.stream, frame.receiptTtl);
      case "reopen":
      case "end":
        return reopen();
      case "error":
      case "snapshot":
      case "patch":
      case "gone":
      case "broadcast":
      case "viewers":
        return pass(frame);
    }
  }

  function pass(frame: InstanceFrame | PassingFrame | ErrorFrame): void {
    const about = { type: frame.type, id: frame.instance };
    if (!follows(about)) return;
    // What is refused is not asked for again here, but by the listener, when it may help.
    if (frame.action === "error" && !repeatable.includes(frame.code)) drop([about]);
    listener.frame(frame);
  }

  function follows(address: Address): boolean {
    return isAmong(followed, address);
  }

  function drop(addresses: readonly Address[]): void {
    followed = followed.filter((address) => !isAmong(addresses, address));
    if (followed.length === 0) close();
  }

  function expectMore(): void {
    clock.clearTimeout(silence);
    const longest = isOpen ? Math.max(heartbeats * heartbeat, shortestSilence) : shortestSilence;
    silence = clock.setTimeout(retry, longest);
  }

  function hangUp(): void {
    isOpen = false;
    clock.clearTimeout(steady);
    clock.clearTimeout(silence);
    source?.close();
  }

  function reopen(): void {
    polling?.hurry();
    if (!isOpen) return;
    if (!isSteady) {
      retry();
      return;
    }
    hangUp();
    open();
  }

  // The browser retries a dropped connection at a fixed pace, and never after an HTTP error. A new stream after a
  // growing pause serves both, because it says what the page holds.
  async function retry(): Promise<void> {
    const { readyState } = source!;
    silent = isOpen ? 0 : silent + 1;
    hangUp();
    listener.lost(followed);
    const answer = readyState === closed ? await attempt(ask, { clock, signal }) : undefined;
    if (signal.aborted) return;
    if (!answer && silent >= mostSilent) await pollUntil(clock.now() + triedAgainAfter);
    else await openLater(answer);
  }

  async function pollUntil(until: number): Promise<void> {
    const take = (frame: InstanceFrame | ErrorFrame) => {
      failures = 0;
      pass(frame);
    };
    const parts = { clock, fetch, signal, address: () => addressOf("poll"), take, until };
    polling = poll(parts);
    const answer = await polling.over;
    polling = undefined;
    if (signal.aborted) return;
    silent = clock.now() < until ? 0 : mostSilent - 1;
    listener.lost(followed);
    await openLater(answer);
  }

  async function openLater(answer: RefusedAnswer | undefined): Promise<void> {
    if (answer && answer.retryAfter === undefined) {
      close();
      listener.refused(followed, answer.error);
      return;
    }
    await waitAfter(++failures, { clock, random, signal }, answer?.retryAfter);
    if (!signal.aborted) open();
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
    return await readRefusal(response, clock);
  }

  function close(): void {
    closing.abort();
    hangUp();
  }

  open();
  return {
    get isOver() {
      return signal.aborted;
    },
    follows,
    drop,
    reopen,
    close,
  };
}

function isAmong(addresses: readonly Address[], { type, id }: Address): boolean {
  return addresses.some((address) => address.type === type && address.id === id);
}
