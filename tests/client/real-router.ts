import { MemoryStore } from "rian";
import type { EventStreamConstructor, Fetch } from "rian/client";
import { nasc, type NascOptions } from "rian/hono";
import { expect } from "vitest";
import { EventStream } from "../support/event-stream.ts";

/** The state of a list. */
export interface List {
  items: { id: number; title: string }[];
}

/** The handler of lists, whose `undo` takes the last item away. */
export const TodoList = {
  mount: (): List => ({ items: [{ id: 1, title: "Read" }] }),
  add(payload: unknown, state: List): List {
    const { title } = payload as { title: string };
    return { items: [...state.items, { id: state.items.length + 1, title }] };
  },
  undo: (_: unknown, { items }: List): List => ({ items: items.slice(0, -1) }),
};

const Note = {
  mount: (): Record<string, string> => ({ text: "start" }),
  clear: () => ({}),
};

type Listener = (event: { data?: unknown }) => void;

/** A router, and how a page reaches it. */
export interface Router {
  readonly fetch: Fetch;
  readonly EventSource: EventStreamConstructor;
  readonly streams: EventStream[];
  /** What the streams have brought. */
  readonly frames: string[];
  /** Sends a message as another page would. */
  elsewhere(message: object): Promise<void>;
}

/** Runs the router in this page: only the network between the two is missing. */
export function router(options: Partial<NascOptions> = {}): Router {
  const app = nasc({
    handlers: { TodoList, Note },
    store: new MemoryStore(),
    authorize: "everyone",
    hosts: "any",
    ...options,
  });
  const fetch = async (url: string, init?: RequestInit) => await app.request(url, init);
  const streams: EventStream[] = [];
  const frames: string[] = [];

  class EventSource {
    readonly #listeners = new Map<string, Listener>();
    #stream: EventStream | undefined;

    constructor(url: string) {
      this.#read(url);
    }

    addEventListener(type: string, listener: Listener): void {
      this.#listeners.set(type, listener);
    }

    close(): void {
      this.#listeners.clear();
      this.#stream?.close();
    }

    async #read(url: string): Promise<void> {
      const stream = this.#stream = new EventStream(await fetch(url));
      streams.push(stream);
      try {
        for (;;) {
          const [, data] = /^data: (.*)$/.exec(await stream.frame())!;
          frames.push(data!);
          this.#listeners.get("message")?.({ data });
        }
      } catch {
        this.#listeners.get("error")?.({});
      }
    }
  }

  async function elsewhere(message: object): Promise<void> {
    const response = await fetch("/event", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(message),
    });
    expect(response.status).toBe(200);
  }

  return { fetch, EventSource, streams, frames, elsewhere };
}
