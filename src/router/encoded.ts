const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What an encoder makes. Before TypeScript 5.7, `Uint8Array` is not generic. */
export type Bytes = ReturnType<TextEncoder["encode"]>;

/** Something that a stream says, in each form in which it travels. It may be shared by many streams. */
export class Encoded {
  /** The name of the server-sent event. Without one, it is a message. */
  readonly name: string | undefined;
  /** The data alone, as a message of a socket. */
  readonly text: string;
  #event: Bytes | undefined;

  constructor(text: string, name?: string, event?: Bytes) {
    this.text = text;
    this.name = name;
    this.#event = event;
  }

  /** The data as a server-sent event, made once. */
  get event(): Bytes {
    const name = this.name === undefined ? "" : `event: ${this.name}\n`;
    return this.#event ??= encoder.encode(`${name}data: ${this.text}\n\n`);
  }
}

/** Returns what is said with one line of data; as a server-sent event without a name, it is a message. */
export function encodeEvent(data: string, event?: string): Encoded {
  return new Encoded(data, event);
}

/** Returns what another process has encoded as a server-sent event. */
export function readEvent(event: Bytes): Encoded {
  const [, name, text = ""] = /^(?:event: (.*)\n)?data: (.*)\n\n$/.exec(decoder.decode(event)) ??
    [];
  return new Encoded(text, name, event);
}
