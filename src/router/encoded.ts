const encoder = new TextEncoder();

/** Something that a stream says, in each form in which it travels. It may be shared by many streams. */
export class Encoded {
  readonly #name: string | undefined;
  #event: Uint8Array<ArrayBuffer> | undefined;
  /** The data alone, as a message of a socket. */
  readonly text: string;

  constructor(text: string, name?: string) {
    this.text = text;
    this.#name = name;
  }

  /** The data as a server-sent event, made once. */
  get event(): Uint8Array<ArrayBuffer> {
    const name = this.#name === undefined ? "" : `event: ${this.#name}\n`;
    return this.#event ??= encoder.encode(`${name}data: ${this.text}\n\n`);
  }
}

/** Returns what is said with one line of data; as a server-sent event without a name, it is a message. */
export function encodeEvent(data: string, event?: string): Encoded {
  return new Encoded(data, event);
}
