import type { Env } from "hono";
import { NascError, type Source } from "../processor/mod.ts";
import type { ClientStream } from "./client-stream.ts";
import { Refusal } from "./refusal.ts";

/** How many streams of one `clientId` are open at once: one for each tab of a browser. */
const maxStreams = 20;

interface Client<E extends Env> {
  /** The token of the browser that it belongs to. */
  readonly owner: string;
  readonly streams: Set<ClientStream<E>>;
}

/** The open streams of pages with the first Nasc's client, by the storage that they show and by their `clientId`. */
export class ClientStreams<E extends Env> {
  readonly #clients = new Map<Source, Map<string, Client<E>>>();

  /**
   * Adds a stream of the browser with this token, and returns how to remove it.
   *
   * @throws {NascError} `forbidden` while the `clientId` belongs to another browser; `limited`
   */
  join(
    stream: ClientStream<E>,
    { source, clientId, owner }: {
      readonly source: Source;
      readonly clientId: string;
      readonly owner: string;
    },
  ): () => void {
    const clients = this.#clients.get(source) ?? new Map<string, Client<E>>();
    const client = clients.get(clientId) ?? { owner, streams: new Set() };
    if (client.owner !== owner) throw notYours();
    if (client.streams.size >= maxStreams) {
      throw new Refusal("limited", `This browser has ${maxStreams} streams open`, { status: 429 });
    }
    this.#clients.set(source, clients.set(clientId, client));
    client.streams.add(stream);
    return () => {
      client.streams.delete(stream);
      if (client.streams.size === 0) clients.delete(clientId);
      if (clients.size === 0) this.#clients.delete(source);
    };
  }

  /** Whether none is open. */
  get isEmpty(): boolean {
    return this.#clients.size === 0;
  }

  /**
   * Returns the open streams of a `clientId`; none if it is not open here, as those of Rian's own client never are.
   *
   * @throws {NascError} `forbidden` if it belongs to another browser
   */
  of(
    source: Source,
    clientId: unknown,
    owner: string | undefined,
  ): readonly ClientStream<E>[] {
    const client = this.#clients.get(source)?.get(clientId as string);
    if (!client) return [];
    if (client.owner !== owner) throw notYours();
    return [...client.streams];
  }
}

function notYours(): NascError {
  return new NascError("forbidden", "This clientId belongs to another browser");
}
