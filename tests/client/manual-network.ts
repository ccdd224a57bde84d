import type {
  Clock,
  ErrorFrame,
  EventStream,
  EventStreamConstructor,
  Fetch,
  InstanceFrame,
  Message,
  PassingFrame,
} from "rian/client";

interface SignalFrame {
  readonly action: "beat" | "reopen" | "end";
}

interface Timer {
  readonly callback: () => void;
  readonly milliseconds: number;
  readonly due: number;
}

/** A clock whose timers fire when a test says so. */
export class ManualClock implements Clock {
  readonly #waiting = new Map<number, Timer>();
  #last = 0;
  #now = 0;

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, milliseconds: number): unknown {
    this.#waiting.set(++this.#last, { callback, milliseconds, due: this.#now + milliseconds });
    return this.#last;
  }

  clearTimeout(timer: unknown): void {
    this.#waiting.delete(timer as number);
  }

  /** The milliseconds that each waiting timer was set for. */
  get delays(): number[] {
    return Array.from(this.#waiting.values(), ({ milliseconds }) => milliseconds);
  }

  /** Fires every timer that was set for at most this many milliseconds. */
  fire(longest: number = Infinity): Promise<void> {
    return this.#fire(({ milliseconds }) => milliseconds <= longest);
  }

  /** Lets this many milliseconds pass, and fires every timer that is due then. */
  pass(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    return this.#fire(({ due }) => due <= this.#now);
  }

  async #fire(isDue: (timer: Timer) => boolean): Promise<void> {
    for (const [id, timer] of [...this.#waiting]) {
      if (isDue(timer) && this.#waiting.delete(id)) timer.callback();
    }
    await turn();
  }
}

/** Resolves once everything that is ready has run. */
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

/** A request of a page, which a test answers or fails. */
export interface Request {
  readonly url: string;
  readonly init: RequestInit;
  readonly message: Message;
  answer(body: unknown, init?: ResponseInit): Promise<void>;
  fail(): Promise<void>;
}

/** Returns a network whose requests a test answers or fails. */
export function manualFetch(): { fetch: Fetch; requests: Request[] } {
  const requests: Request[] = [];
  function fetch(url: string, init: RequestInit): Promise<Response> {
    return new Promise((resolve, reject) => {
      init.signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      requests.push({
        url,
        init,
        // A page asks for a stream without a message.
        message: init.body ? JSON.parse(String(init.body)) : undefined,
        answer(body, more) {
          const text = typeof body === "string" ? body : JSON.stringify(body);
          const response = new Response(text, more);
          // A real body arrives some tasks later, and a test would have to guess how many.
          response.text = () => Promise.resolve(text);
          response.json = async () => JSON.parse(text);
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

/** Returns streams that a test opens, feeds and breaks. */
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

/** A stream that a test opens, feeds and breaks. */
export class ManualStream implements EventStream {
  readonly url: string;
  closed = false;
  readyState = 0;
  readonly #listeners = new Map<string, (event: { data?: unknown }) => void>();

  constructor(url: string) {
    this.url = url;
  }

  /** The instances that it names. */
  get scopes(): string[] {
    return this.#query.getAll("scope");
  }

  /** What the page says that it holds of each. */
  get haves(): string[] {
    return this.#query.getAll("have");
  }

  get #query(): URLSearchParams {
    return new URL(this.url, location.href).searchParams;
  }

  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void {
    this.#listeners.set(type, listener);
  }

  close(): void {
    this.closed = true;
  }

  send(...frames: readonly (InstanceFrame | PassingFrame | ErrorFrame | SignalFrame)[]): void {
    for (const frame of frames) this.#emit("message", JSON.stringify(frame));
  }

  hello(heartbeat: number, stream = "token"): void {
    const hello = { action: "hello", heartbeat, protocol: 2, stream, receiptTtl: 86_400_000 };
    this.#emit("message", JSON.stringify(hello));
  }

  /** Ends as the server ends a stream that its page is to open again. */
  reopen(): Promise<void> {
    this.send({ action: "reopen" });
    return turn();
  }

  open(): void {
    this.readyState = 1;
    this.#emit("open");
  }

  break(): Promise<void> {
    this.#emit("error");
    return turn();
  }

  /** Fails as it does when the server's answer is no stream. */
  refuse(): Promise<void> {
    this.readyState = 2;
    return this.break();
  }

  /** Sends an event; a closed stream sends none, as in a browser. */
  #emit(type: string, data?: string): void {
    if (!this.closed) this.#listeners.get(type)?.({ data });
  }
}
