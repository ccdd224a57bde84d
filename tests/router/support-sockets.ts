import type { Hono } from "hono";
import type { UpgradeWebSocket } from "../../src/router/mod.ts";
import type { Socket, SocketEvents } from "../../src/router/socket.ts";

/** The body of an answer: a problem says its status. */
interface Answer {
  readonly status?: number;
}

/** A socket within the process, by the header of its handshake. */
const pairs = new Map<string, InProcessSocket>();

/** Both ends of a socket without a network. What the page has not read counts as buffered. */
class InProcessSocket implements Socket {
  readonly #events: SocketEvents;
  readonly #frames: string[] = [];
  /** Those who wait for answers. The same message may have been sent more than once. */
  readonly #asked: { readonly eventId: string; readonly answered: PromiseWithResolvers<Answer> }[] =
    [];
  #isClosed = false;
  #wake: () => void = () => {};

  constructor(events: SocketEvents) {
    this.#events = events;
  }

  get raw(): { readonly bufferedAmount: number } {
    return { bufferedAmount: this.#frames.join("").length };
  }

  send(text: string): void {
    const { answer } = JSON.parse(text);
    if (!answer) this.#frames.push(text);
    else {
      const at = this.#asked.findIndex(({ eventId }) => eventId === answer.eventId);
      this.#asked.splice(at, 1)[0]?.answered.resolve(answer);
    }
    this.#wake();
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
    for (const { answered } of this.#asked.splice(0)) answered.reject(new TypeError("closed"));
  }

  open(): void {
    this.#events.onOpen({}, this);
  }

  say(message: object): void {
    this.#events.onMessage({ data: JSON.stringify(message) }, this);
  }

  ask(message: { readonly eventId: string }): Promise<Answer> {
    const answered = Promise.withResolvers<Answer>();
    if (this.#isClosed) answered.reject(new TypeError("closed"));
    else {
      this.#asked.push({ eventId: message.eventId, answered });
      this.say({ send: message });
    }
    return answered.promise;
  }

  async read(): Promise<string | undefined> {
    for (;;) {
      const text = this.#frames.shift();
      if (text !== undefined || this.#isClosed) return text;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  leave(): void {
    this.#events.onClose({ code: 1000 }, this);
  }
}

/** The `upgradeWebSocket` of {@link overSockets}. */
export const upgradeInProcess: UpgradeWebSocket = (createEvents) => (context) => {
  pairs.set(context.req.header("x-socket")!, new InProcessSocket(createEvents(context)));
  return Promise.resolve(new Response());
};

/** Returns an app of which each stream is a socket, and each event goes over the socket of its stream. */
export function overSockets(app: Hono): Hono {
  const sockets = new Map<string, InProcessSocket>();

  async function follow(url: string, headers: Readonly<Record<string, string>>): Promise<Response> {
    const { origin, searchParams } = new URL(url);
    const name = crypto.randomUUID();
    const handshake = { ...headers, "upgrade": "websocket", "x-socket": name };
    await app.request(`${origin}/nasc/ws`, { headers: handshake });
    const socket = pairs.get(name)!;
    pairs.delete(name);
    const haves = searchParams.getAll("have");
    const open = searchParams.getAll("scope")
      .map((scope, index) => ({ scope, have: haves[index] }));
    socket.open();
    socket.say({ open });
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const text = await socket.read();
        if (text === undefined) return controller.close();
        const { action, stream } = JSON.parse(text);
        if (action === "hello") sockets.set(stream, socket);
        controller.enqueue(encoder.encode(`data: ${text}\n\n`));
      },
      cancel: () => socket.leave(),
    }, { highWaterMark: 0 });
    return new Response(body);
  }

  async function request(url: string, init: RequestInit = {}): Promise<Response> {
    if (url.includes("/stream?")) return await follow(url, init.headers as Record<string, string>);
    const message = JSON.parse(String(init.body ?? "{}"));
    const socket = sockets.get(message.stream);
    if (!socket) return await app.request(url, init);
    const answer = await socket.ask(message);
    return Response.json(answer, { status: answer.status ?? 200 });
  }

  return { request } as unknown as Hono;
}
