import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A connection to a server of this machine that stays open, and sends one request at a time. */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #port: number;

  private constructor(socket: Socket, port: number) {
    this.#socket = socket;
    this.#port = port;
  }

  static async open(port: number): Promise<HttpConnection> {
    const socket = connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    await once(socket, "connect");
    return new HttpConnection(socket, port);
  }

  /** Returns a request as a browser sends it. */
  requestOf(path: string, body: object, more: Readonly<Record<string, string>> = {}): Buffer {
    const text = JSON.stringify(body);
    const headers = {
      "host": `127.0.0.1:${this.#port}`,
      "origin": `http://127.0.0.1:${this.#port}`,
      "sec-fetch-site": "same-origin",
      "sec-fetch-mode": "cors",
      "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
      "accept": "*/*",
      "accept-language": "en",
      "accept-encoding": "gzip, deflate, br",
      ...more,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n${text}`);
  }

  /** Sends a request, which must be accepted, and returns how many bytes came back. */
  async send(request: Buffer): Promise<number> {
    this.#socket.write(request);
    return await readResponse(this.#socket);
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Reads one response, and returns its bytes. */
async function readResponse(socket: Socket): Promise<number> {
  return await new Promise((resolve, reject) => {
    let text = "";
    function hear(chunk: Buffer): void {
      text += chunk.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end + 2))?.[1];
      const isWhole = length === undefined
        ? text.endsWith("\r\n0\r\n\r\n")
        : text.length >= end + 4 + Number(length);
      if (!isWhole) return;
      socket.off("data", hear);
      socket.removeAllListeners("close");
      if (text.startsWith("HTTP/1.1 200")) resolve(text.length);
      else reject(new Error(`Cannot measure: the server said ${text.slice(0, 1_000)}`));
    }
    socket.on("data", hear);
    // A connection may not idle out while others have their turn.
    socket.once("close", () => reject(new Error("Cannot measure: the server closed a connection")));
  });
}
