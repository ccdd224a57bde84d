import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";

/**
 * What becomes of one message: its answer is lost, it comes twice, it comes after the stream has brought the change, or
 * the message itself is lost.
 */
export type Fault = "none" | "answer lost" | "twice" | "late" | "message lost";

/** What a proxy does to messages and streams. */
export interface Faults {
  readonly message?: () => Fault;
  /** Returns after how many bytes a stream, or what a socket brings, is cut. */
  readonly cut?: () => number;
  /** Returns what becomes of a request for a socket: it is refused, or nobody answers it. */
  readonly upgrade?: () => "none" | "refused" | "unanswered";
  /** Returns by how many milliseconds what a socket brings is late. */
  readonly delay?: () => number;
  /** Whether streams are refused. */
  readonly noStreams?: boolean;
  /** Whether what streams bring is kept until they end. */
  readonly holdsStreams?: boolean;
}

/** Stands between a page and its server, and does to what they say what networks do. */
export class FaultyProxy {
  faults: Faults = {};
  /** Whether nothing gets through. */
  isDown = false;
  /** How many requests have arrived. */
  requests = 0;
  /** How many of them were for a socket. */
  upgrades = 0;
  readonly #sockets = new Set<Duplex>();
  #swallowed: ReadonlySet<Duplex> = new Set();
  readonly #target: () => number;
  readonly #server: Server = createServer((request, response) => {
    this.#pass(request, response).catch(() => request.socket.destroy());
  });

  private constructor(target: () => number) {
    this.#target = target;
  }

  /** Starts one before the port that `target` returns. */
  static async start(target: () => number): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target);
    proxy.#server.on("upgrade", (request, socket) => proxy.#upgrade(request, socket));
    proxy.#server.listen(0, "localhost");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Breaks all connections. */
  cutAll(): void {
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Lets nothing more through that open sockets bring. */
  swallow(): void {
    this.#swallowed = new Set(this.#sockets);
  }

  close(): void {
    this.cutAll();
    this.#server.close();
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    const body = await bytesOf(incoming);
    const fault = incoming.method === "POST" ? this.faults.message?.() ?? "none" : "none";
    const isStream = incoming.url?.includes("/stream");
    if (this.isDown || fault === "message lost" || isStream && this.faults.noStreams) {
      return void incoming.socket.destroy();
    }
    const answer = await this.#forward(incoming, response, body);
    if (isStream) return this.#stream(answer, response);
    const text = await bytesOf(answer);
    if (fault === "twice") await bytesOf(await this.#forward(incoming, response, body));
    if (fault === "late") await new Promise((resolve) => setTimeout(resolve, 300));
    if (fault === "answer lost") return void incoming.socket.destroy();
    const { "transfer-encoding": _, ...headers } = answer.headers;
    response.writeHead(answer.statusCode!, { ...headers, "content-length": text.length });
    response.end(text);
  }

  #stream(answer: IncomingMessage, response: ServerResponse): void {
    let left = this.faults.cut?.() ?? Infinity;
    response.writeHead(answer.statusCode!, answer.headers);
    response.flushHeaders();
    if (this.faults.holdsStreams) {
      return void bytesOf(answer).then((bytes) => response.end(bytes), () => response.destroy());
    }
    answer.on("data", (bytes: Buffer) => {
      response.write(bytes.subarray(0, left), () => left <= 0 && response.destroy());
      left -= bytes.length;
    });
    answer.on("close", () => response.destroy());
  }

  /** Passes on what a page and its server say over a socket, byte by byte. */
  #upgrade({ url, headers }: IncomingMessage, page: Duplex): void {
    this.requests++;
    this.upgrades++;
    this.#sockets.add(page);
    page.on("close", () => this.#sockets.delete(page)).on("error", () => {});
    const fault = this.faults.upgrade?.() ?? "none";
    if (this.isDown || fault === "refused") return void page.destroy();
    if (fault === "unanswered") return;
    const server = connect(this.#target(), "localhost");
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    server.write(`GET ${url} HTTP/1.1\r\n${lines.join("")}\r\n`);
    server.on("error", () => page.destroy()).on("close", () => page.destroy());
    page.on("data", (bytes) => server.write(bytes)).on("close", () => server.destroy());
    const delay = this.faults.delay?.() ?? 0;
    let left = this.faults.cut?.() ?? Infinity;
    server.on("data", (bytes: Buffer) => {
      if (this.#swallowed.has(page)) return;
      setTimeout(() => {
        page.write(bytes.subarray(0, Math.max(left, 0)));
        left -= bytes.length;
        if (left <= 0) page.destroy();
      }, delay);
    });
  }

  async #forward(
    { url, method, headers }: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
  ): Promise<IncomingMessage> {
    const options = { host: "localhost", port: this.#target(), path: url, method, headers };
    const outgoing = request(options);
    response.on("close", () => outgoing.destroy());
    outgoing.end(body);
    const [answer] = await once(outgoing, "response");
    return answer;
  }
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}
