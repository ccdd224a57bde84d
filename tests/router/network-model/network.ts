import type { EventStream, EventStreamConstructor, Fetch } from "rian/client";
import { EventStream as Events } from "../../support/event-stream.ts";
import type { ModelProcess } from "./schedule.ts";

type Listener = (event: { readonly data?: unknown }) => void;

/** What lies between a page and two processes: each request goes to either; some are lost, some arrive twice. */
export class Network {
  readonly EventSource: EventStreamConstructor;
  readonly #request: (url: string, init?: RequestInit) => Promise<Response>;
  readonly #random: () => number;
  readonly #streams = new Set<Stream>();

  constructor(user: string, { processes, random }: {
    readonly processes: readonly ModelProcess[];
    readonly random: () => number;
  }) {
    this.#random = random;
    this.#request = async (url, { method = "GET", headers, body, signal } = {}) => {
      const process = processes[Math.floor(random() * processes.length)]!;
      return await process.request(`http://rian.test${url}`, {
        method,
        headers: { ...headers as Record<string, string>, "x-user": user },
        ...(body && { body }),
        ...(signal && { signal }),
      });
    };
    const request = this.#request;
    const streams = this.#streams;
    this.EventSource = class extends Stream {
      constructor(url: string) {
        super(() => request(url), streams);
      }
    };
  }

  readonly fetch: Fetch = async (url, init) => {
    const fate = this.#random();
    if (fate < 0.1) throw new TypeError("the request was lost");
    const copies = fate < 0.2 ? 2 : 1;
    const [answer] = await Promise.all(
      Array.from({ length: copies }, () => this.#request(url, init)),
    );
    if (fate < 0.3) throw new TypeError("the answer was lost");
    return answer!;
  };

  /** Breaks the streams off. */
  break(): void {
    for (const stream of [...this.#streams]) stream.break();
  }
}

/** A stream as a page has it. */
class Stream implements EventStream {
  readonly #listeners = new Map<string, Listener>();
  readonly #streams: Set<Stream>;
  #events: Events | undefined;
  #isClosed = false;

  constructor(open: () => Promise<Response>, streams: Set<Stream>) {
    this.#streams = streams.add(this);
    void this.#follow(open);
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, listener);
  }

  close(): void {
    this.#isClosed = true;
    this.#streams.delete(this);
    void this.#events?.close().catch(() => {});
  }

  break(): void {
    this.#emit("error");
    this.close();
  }

  async #follow(open: () => Promise<Response>): Promise<void> {
    try {
      this.#events = new Events(await open());
      if (this.#isClosed) return await this.#events.close();
      this.#emit("open");
      for (;;) this.#emit("message", /^data: (.*)$/.exec(await this.#events.frame())![1]);
    } catch {
      this.#emit("error");
    }
  }

  #emit(type: string, data?: unknown): void {
    if (!this.#isClosed) this.#listeners.get(type)?.({ data });
  }
}
