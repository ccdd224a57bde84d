import { connect, type Socket } from "node:net";

/** One response, as it stood on the wire. */
export interface RawResponse {
  readonly status: number;
  /** The headers, by their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A connection on which a test writes whatever it likes. */
export class RawConnection {
  readonly #socket: Socket;
  #text = "";
  #isEnded = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes) => this.#hear(bytes.toString("latin1")));
    for (const name of ["end", "close", "error"]) {
      socket.on(name, () => {
        this.#isEnded = true;
        this.#hear("");
      });
    }
  }

  static open(port: number): RawConnection {
    return new RawConnection(connect(port, "127.0.0.1"));
  }

  write(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Reads the next response to a request of this method; `undefined` if the connection ends first. */
  async read(method = "POST"): Promise<RawResponse | undefined> {
    for (;;) {
      const taken = takeResponse(this.#text, method);
      if (taken) {
        this.#text = this.#text.slice(taken.length);
        return taken.response;
      }
      if (this.#isEnded) return undefined;
      await this.#heard();
    }
  }

  /** Reads the status and the headers of the next response; `undefined` if the connection ends first. */
  async readHead(): Promise<RawResponse | undefined> {
    for (;;) {
      const taken = takeResponse(this.#text, "HEAD");
      if (taken || this.#isEnded) return taken?.response;
      await this.#heard();
    }
  }

  /** Reads until what has come besides the responses fits, and returns that. */
  async readOn(fits: (text: string) => boolean): Promise<string> {
    this.#socket.resume();
    while (!fits(this.#text)) {
      if (this.#isEnded) throw new Error("The connection has ended");
      await this.#heard();
    }
    return this.#text;
  }

  /** Reads nothing, so what comes fills the buffers of the network. */
  pause(): void {
    this.#socket.pause();
  }

  /** Sends no more. */
  end(): void {
    this.#socket.end();
  }

  /** Waits until the server ends the connection, and returns what came besides the responses that were read. */
  async ended(): Promise<string> {
    while (!this.#isEnded) await this.#heard();
    return this.#text;
  }

  /**
   * Reads all that comes, until it matches a pattern, the connection ends, or nothing more has come for so many
   * milliseconds.
   */
  async until(pattern: RegExp, milliseconds: number): Promise<string> {
    while (!this.#isEnded && !pattern.test(this.#text)) {
      const timer = setTimeout(() => this.destroy(), milliseconds);
      await this.#heard();
      clearTimeout(timer);
    }
    return this.#text;
  }

  /** Breaks the connection off. */
  destroy(): void {
    this.#socket.destroy();
  }

  #hear(text: string): void {
    this.#text += text;
    this.#wake();
  }

  #heard(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }
}

function takeResponse(
  text: string,
  method: string,
): { response: RawResponse; length: number } | undefined {
  const start = text.indexOf("\r\n\r\n") + 4;
  if (start < 4) return undefined;
  const [line = "", ...lines] = text.slice(0, start - 4).split("\r\n");
  const headers = new Map(lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  const status = Number(line.split(" ")[1]);
  const isEmpty = method === "HEAD" || status === 204 || status === 304;
  const rest = isEmpty ? "" : text.slice(start);
  const taken = isEmpty
    ? { body: "", length: 0 }
    : headers.get("transfer-encoding") === "chunked"
    ? takeChunks(rest)
    : takeCounted(rest, Number(headers.get("content-length") ?? 0));
  return taken &&
    { response: { status, headers, body: taken.body }, length: start + taken.length };
}

function takeCounted(text: string, length: number): { body: string; length: number } | undefined {
  return text.length < length ? undefined : { body: text.slice(0, length), length };
}

function takeChunks(text: string): { body: string; length: number } | undefined {
  let body = "";
  for (let at = 0;;) {
    const line = text.indexOf("\r\n", at);
    if (line < 0) return undefined;
    const size = parseInt(text.slice(at, line), 16);
    at = line + 2 + size + 2;
    if (text.length < at) return undefined;
    if (size === 0) return { body, length: at };
    body += text.slice(line + 2, line + 2 + size);
  }
}

/** Returns the head of a request to a router at `/nasc`. */
export function head(target: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ host: "rian.test", ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `${target} HTTP/1.1\r\n${lines.join("")}\r\n`;
}
