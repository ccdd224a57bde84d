/** One server-sent event, as a page would see it. */
export interface StreamEvent {
  readonly event: string;
  // deno-lint-ignore no-explicit-any -- tests look at whatever JSON arrives
  readonly data: any;
}

/** Reads the events of an SSE response one by one. */
export class EventStream {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(response: Response) {
    const decoder = new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>;
    this.#reader = response.body!.pipeThrough(decoder).getReader();
  }

  /** Reads the next event other than `hello` and `heartbeat`. */
  async next(): Promise<StreamEvent> {
    for (;;) {
      const frame = await this.frame();
      if (!/^event: (hello|heartbeat)$/m.test(frame)) return parse(frame);
    }
  }

  /** Reads the text of the next event as it was sent, be it only a comment. */
  async frame(): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const frame = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return frame;
      }
      const { done, value } = await this.#reader.read();
      if (done) throw new Error("Cannot read the next event: the stream has ended");
      this.#text += value;
    }
  }

  /** Reads what is left, other than `hello` and `heartbeat`, up to the end of the stream. */
  async rest(): Promise<StreamEvent[]> {
    const events: StreamEvent[] = [];
    for (;;) {
      const event = await this.next().catch((error: Error) => {
        if (!error.message.endsWith("the stream has ended")) throw error;
      });
      if (!event) return events;
      events.push(event);
    }
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
  }
}

function parse(frame: string): StreamEvent {
  const fields = frame.split("\n").map((line) => line.split(/: ?(.*)/s));
  const event = fields.find(([name]) => name === "event")?.[1] ?? "message";
  const data = fields.filter(([name]) => name === "data").map(([, value]) => value).join("\n");
  return { event, data: data === "" ? undefined : JSON.parse(data) };
}
