import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/**
 * What becomes of one message: its answer is lost, it comes twice, it comes after the stream has brought the change, or
 * the message itself is lost.
 */
export type Fault = "none" | "answer lost" | "twice" | "late" | "message lost";

/** What a proxy does to messages and streams. */
export interface Faults {
  readonly message?: () => Fault;
  /** Returns after how many bytes a stream is cut. */
  readonly cut?: () => number;
}

/** Stands between a page and its server, and does to what they say what networks do. */
export class FaultyProxy {
  faults: Faults = {};
  /** Whether nothing gets through. */
  isDown = false;
  /** How many requests have arrived. */
  requests = 0;
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
  }

  close(): void {
    this.cutAll();
    this.#server.close();
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    const body = await bytesOf(incoming);
    const fault = incoming.method === "POST" ? this.faults.message?.() ?? "none" : "none";
    if (this.isDown || fault === "message lost") return void incoming.socket.destroy();
    const answer = await this.#forward(incoming, response, body);
    if (incoming.url?.includes("/stream")) return this.#stream(answer, response);
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
    answer.on("data", (bytes: Buffer) => {
      response.write(bytes.subarray(0, left), () => left <= 0 && response.destroy());
      left -= bytes.length;
    });
    answer.on("close", () => response.destroy());
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
