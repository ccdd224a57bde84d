import type { EventStream, EventStreamConstructor, Fetch, Message } from "rian/client";
import type { ModelServer, Response as Answer, ServerStream } from "./server.ts";

type Listener = (event: { readonly data?: unknown }) => void;

/** A request on its way. */
interface Request {
  readonly url: string;
  readonly body: string | undefined;
  answer(answer: Answer): void;
  fail(): void;
}

/** Options of {@link ModelNetwork.serve}. */
interface ServeOptions {
  readonly isLost?: boolean;
  readonly isElsewhere?: boolean;
}

/** What lies between one page and its server: it delays, loses, and tells nobody. */
export class ModelNetwork {
  readonly EventSource: EventStreamConstructor;
  readonly #server: ModelServer;
  readonly #page: number;
  #requests: Request[] = [];
  #answers: (() => void)[] = [];
  #streams: ClientStream[] = [];

  constructor(server: ModelServer, page: number) {
    this.#server = server;
    this.#page = page;
    const opened = (stream: ClientStream) => this.#streams.push(stream);
    this.EventSource = class extends ClientStream {
      constructor(url: string) {
        super(url);
        opened(this);
      }
    };
  }

  readonly fetch: Fetch = (url, init) =>
    new Promise((resolve, reject) => {
      const fail = () => reject(new TypeError("Failed to fetch"));
      init.signal?.addEventListener("abort", fail);
      this.#requests.push({
        url,
        body: init.body as string | undefined,
        answer: ({ status, body }) => resolve(new Response(JSON.stringify(body), { status })),
        fail,
      });
    });

  /** Whether nothing is on its way. */
  get isQuiet(): boolean {
    return this.#requests.length === 0 && this.#answers.length === 0 &&
      this.#open.every(({ stream, pipe }) => stream && pipe.length === 0);
  }

  /**
   * Lets the server answer a request, and take up streams. The answer may be lost, or be that of another process, which
   * knows nothing of streams.
   */
  serve({ isLost = false, isElsewhere = false }: ServeOptions = {}): void {
    const request = this.#requests.shift();
    if (request) {
      const answer = request.body === undefined
        ? this.#server.poll(request.url, this.#page)
        : this.#answerTo(request.body, isElsewhere);
      if (isLost) request.fail();
      else this.#answers.push(() => request.answer(answer));
    }
    for (const source of this.#open) source.accept(this.#server, this.#page);
  }

  #answerTo(body: string, isElsewhere: boolean): Answer {
    const { stream, ...message }: Message = JSON.parse(body);
    const known = isElsewhere || !stream ? message : { ...message, stream };
    return this.#server.answer(known, this.#page);
  }

  /** Loses a request before the server has seen it. */
  lose(): void {
    this.#requests.shift()?.fail();
  }

  /** Brings an answer to the page. */
  answer(): void {
    this.#answers.shift()?.();
  }

  /** Brings the next frame of each stream to the page. */
  deliver(): void {
    for (const source of this.#open) source.deliver();
  }

  /** Breaks the streams; the server may not notice. */
  break(isNoticed: boolean): void {
    for (const source of this.#open) {
      if (isNoticed && source.token) this.#server.streams.delete(source.token);
      source.emit("error");
    }
  }

  /** Ends the streams as a server ends old ones. */
  reopen(): void {
    for (const { stream } of this.#open) stream?.write({ action: "reopen" });
  }

  get #open(): readonly ClientStream[] {
    this.#streams = this.#streams.filter(({ isClosed }) => !isClosed);
    return this.#streams;
  }
}

/** A stream as the page has it. */
class ClientStream implements EventStream {
  isClosed = false;
  stream: ServerStream | undefined;
  token: string | undefined;
  readonly #url: string;
  readonly #listeners = new Map<string, Listener>();

  constructor(url: string) {
    this.#url = url;
  }

  get pipe(): readonly string[] {
    return this.stream?.pipe ?? [];
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, listener);
  }

  close(): void {
    this.isClosed = true;
  }

  accept(server: ModelServer, page: number): void {
    if (this.stream) return;
    this.token = server.open(this.#url, page);
    this.stream = server.streams.get(this.token);
    this.emit("open");
  }

  deliver(): void {
    const data = this.stream?.pipe.shift();
    if (data) this.emit("message", data);
  }

  emit(type: string, data?: string): void {
    if (!this.isClosed) this.#listeners.get(type)?.({ data });
  }
}
