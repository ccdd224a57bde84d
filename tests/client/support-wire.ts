import type {
  EventStream,
  EventStreamConstructor,
  Fetch,
  Frame,
  Message,
  Timers,
} from "rian/client";

/** Timers that fire when a test says so. */
export class ManualTimers implements Timers {
  readonly #waiting = new Map<number, { callback: () => void; milliseconds: number }>();
  #last = 0;

  setTimeout(callback: () => void, milliseconds: number): unknown {
    this.#waiting.set(++this.#last, { callback, milliseconds });
    return this.#last;
  }

  clearTimeout(timer: unknown): void {
    this.#waiting.delete(timer as number);
  }

  /** How long each waiting timer was set for, in milliseconds. */
  get delays(): number[] {
    return Array.from(this.#waiting.values(), ({ milliseconds }) => milliseconds);
  }

  /** Fires every timer that is set for no longer than this. */
  async fire(longest: number = Infinity): Promise<void> {
    for (const [timer, { callback, milliseconds }] of [...this.#waiting]) {
      if (milliseconds > longest || !this.#waiting.delete(timer)) continue;
      callback();
    }
    await turn();
  }
}

/** Lets everything that is ready run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/** One request that a page has made and that a test answers. */
export interface Request {
  readonly url: string;
  readonly init: RequestInit;
  readonly message: Message;
  answer(body: unknown, init?: ResponseInit): Promise<void>;
  fail(): Promise<void>;
}

/** A network whose every request a test answers or fails. */
export function manualFetch(): { fetch: Fetch; requests: Request[] } {
  const requests: Request[] = [];
  function fetch(url: string, init: RequestInit): Promise<Response> {
    return new Promise((resolve, reject) => {
      init.signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      requests.push({
        url,
        init,
        message: JSON.parse(String(init.body)),
        answer(body, more) {
          const text = typeof body === "string" ? body : JSON.stringify(body);
          const response = new Response(text, more);
          // A real body arrives some tasks later, which a test would have to guess.
          response.text = () => Promise.resolve(text);
          resolve(response);
          return turn();
        },
        fail() {
          reject(new TypeError("Failed to fetch"));
          return turn();
        },
      });
    });
  }
  return { fetch, requests };
}

/** Streams that a test opens, feeds and breaks. */
export function manualStreams(): { EventSource: EventStreamConstructor; streams: ManualStream[] } {
  const streams: ManualStream[] = [];
  class Source extends ManualStream {
    constructor(url: string) {
      super(url);
      streams.push(this);
    }
  }
  return { EventSource: Source, streams };
}

/** A stream in a test's hands. */
export class ManualStream implements EventStream {
  readonly url: string;
  closed = false;
  readonly #listeners = new Map<string, (event: { data?: unknown }) => void>();

  constructor(url: string) {
    this.url = url;
  }

  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void {
    this.#listeners.set(type, listener);
  }

  close(): void {
    this.closed = true;
  }

  send(type: "snapshot" | "message", frame: Frame): void {
    this.#listeners.get(type)?.({ data: JSON.stringify(frame) });
  }

  open(): void {
    this.#listeners.get("open")?.({});
  }

  break(): Promise<void> {
    this.#listeners.get("error")?.({});
    return turn();
  }
}
