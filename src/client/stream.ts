import { backoff, pause, type PauseOptions } from "./pause.ts";
import type { Scope, StreamListener } from "./transport.ts";

/** The part of an `EventSource` that is used. */
export interface EventStream {
  /** Hears `snapshot`, `message` and `error`. */
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  /** Ends the stream. */
  close(): void;
}

/** What opens an {@link EventStream}: the browser's `EventSource`. */
export type EventStreamConstructor = new (url: string) => EventStream;

/** What following a stream depends on. */
export interface StreamOptions extends PauseOptions {
  readonly EventSource: EventStreamConstructor;
}

/** Follows instances over server-sent events until the returned function is called. */
export function follow(
  url: string,
  scopes: readonly Scope[],
  { listener, ...options }: StreamOptions & { listener: StreamListener },
): () => void {
  const { EventSource, random, signal } = options;
  const query = scopes.map(({ type, instance }) =>
    `scope=${encodeURIComponent(`${type}:${instance}`)}`
  ).join("&");
  const over = new AbortController();
  const waiting = { ...options, signal: AbortSignal.any([signal, over.signal]) };
  let failures = 0;
  let source: EventStream;

  function open(): void {
    source = new EventSource(`${url}?${query}`);
    source.addEventListener("snapshot", ({ data }) => {
      failures = 0;
      listener.snapshot(JSON.parse(String(data)));
    });
    source.addEventListener("message", ({ data }) => {
      failures = 0;
      listener.message(JSON.parse(String(data)));
    });
    source.addEventListener("error", reopen);
  }

  // The browser retries a dropped connection at a fixed pace and an HTTP error never; a fresh stream after a
  // growing pause serves both, because it starts with snapshots.
  async function reopen(): Promise<void> {
    source.close();
    if (failures === 0) listener.lost();
    await pause(backoff(failures++, random), waiting);
    if (!waiting.signal.aborted) open();
  }

  function close(): void {
    over.abort();
    source.close();
  }

  open();
  signal.addEventListener("abort", close, { signal: over.signal });
  return close;
}
