import { connect, type Socket } from "node:net";

/** What a request is made of, besides its target. */
export interface RecordedRequest {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client that keeps every byte that a server sends it, whatever it asks for. */
export class RecordedClient {
  readonly #port: number;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #connections: RecordedConnection[] = [];

  constructor(port: number, headers: Readonly<Record<string, string>>) {
    this.#port = port;
    this.#headers = headers;
  }

  /** All that has come so far, one connection after the other. */
  get text(): string {
    return this.#connections.map(({ text }) => text).join("\n");
  }

  /** Sends a request, and returns all of the response, its head included, once the server has ended it. */
  async request(target: string, request: RecordedRequest = {}): Promise<string> {
    const headers = { connection: "close", ...request.headers };
    return await this.open(target, { ...request, headers }).ended;
  }

  /** Sends a request whose response may go on. */
  open(target: string, { body = "", headers = {} }: RecordedRequest = {}): RecordedConnection {
    const socket = connect(this.#port, "127.0.0.1");
    const connection = new RecordedConnection(socket);
    this.#connections.push(connection);
    const length = body === "" ? {} : { "content-length": `${Buffer.byteLength(body)}` };
    const all = { host: `127.0.0.1:${this.#port}`, ...this.#headers, ...length, ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    socket.write(`${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
    return connection;
  }

  close(): void {
    for (const connection of this.#connections) connection.destroy();
  }
}

/** The bytes that came on one connection, as text of one character a byte. */
export class RecordedConnection {
  readonly #socket: Socket;
  /** Resolves with all of them when the server has ended the connection. */
  readonly ended: Promise<string>;
  #text = "";
  #isEnded = false;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes) => {
      this.#text += bytes.toString("latin1");
      this.#wake();
    });
    this.ended = new Promise((resolve) => {
      socket.on("close", () => {
        this.#isEnded = true;
        this.#wake();
        resolve(this.#text);
      });
    });
    socket.on("error", () => {});
  }

  get text(): string {
    return this.#text;
  }

  /** Waits until what has come matches, and returns how. */
  async has(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#text);
      if (found) return found;
      if (this.#isEnded) throw new Error(`the connection ended without ${pattern}: ${this.#text}`);
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
