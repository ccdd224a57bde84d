/** What a server said over a socket: a frame, or an answer. */
// deno-lint-ignore no-explicit-any -- tests look at whatever JSON arrives
export type Said = any;

/** Node and Deno let their own pages say more than browsers do. */
const ServerSideSocket = WebSocket as unknown as new (
  url: string,
  options: { readonly headers: Readonly<Record<string, string>> },
) => WebSocket;

/** A socket whose messages a test reads one by one. */
export class TestSocket {
  readonly #socket: WebSocket;
  readonly #said: string[] = [];
  readonly #unanswered: string[] = [];
  #answersPings: boolean;
  #wake: () => void = () => {};
  #close: CloseEvent | undefined;

  private constructor(socket: WebSocket, answersPings: boolean) {
    this.#socket = socket;
    this.#answersPings = answersPings;
    socket.addEventListener("message", ({ data }) => this.#hear(data));
    socket.addEventListener("close", (event) => {
      this.#close = event;
      this.#wake();
    });
  }

  /** Opens one; rejects if the server refuses it. */
  static async open(
    url: string,
    { headers = {}, answersPings = true }: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly answersPings?: boolean;
    } = {},
  ): Promise<TestSocket> {
    const socket = new ServerSideSocket(url.replace(/^http/, "ws"), { headers });
    const opened = new TestSocket(socket, answersPings);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error("The socket did not open")));
    });
    return opened;
  }

  say(message: unknown): void {
    this.#socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  sayBytes(bytes: Uint8Array<ArrayBuffer>): void {
    this.#socket.send(bytes);
  }

  /** Answers the pings that have come and come. */
  answerPings(): void {
    this.#answersPings = true;
    for (const ping of this.#unanswered.splice(0)) this.#answer(ping);
  }

  /** Reads the next message as it was sent. */
  async text(): Promise<string> {
    for (;;) {
      const text = this.#said.shift();
      if (text !== undefined) return text;
      if (this.#close) throw new Error(`The socket has closed: ${this.#close.code}`);
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Reads the next message other than a sign of life. */
  async next(): Promise<Said> {
    for (;;) {
      const said = JSON.parse(await this.text());
      if (said.action !== "beat") return said;
    }
  }

  /** Reads up to the first message that fits, and returns that. */
  async until(fits: (said: Said) => boolean): Promise<Said> {
    for (;;) {
      const said = await this.next();
      if (fits(said)) return said;
    }
  }

  /** Waits until the server closes it, and returns the code. */
  async closed(): Promise<number> {
    while (!this.#close) await new Promise<void>((resolve) => this.#wake = resolve);
    return this.#close.code;
  }

  close(code?: number): void {
    this.#socket.close(code);
  }

  #hear(data: string): void {
    if (!data.startsWith("ping ")) this.#said.push(data);
    else if (this.#answersPings) this.#answer(data);
    else this.#unanswered.push(data);
    this.#wake();
  }

  #answer(ping: string): void {
    this.#socket.send(ping.replace("ping", "pong"));
  }
}
