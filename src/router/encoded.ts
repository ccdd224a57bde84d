const encoder = new TextEncoder();

/** A server-sent event as it travels. It may be shared by many streams. */
export type Encoded = Uint8Array<ArrayBuffer>;

/** Returns a server-sent event of one line of data; without a name, it is a message. */
export function encodeEvent(data: string, event?: string): Encoded {
  return encoder.encode(`${event === undefined ? "" : `event: ${event}\n`}data: ${data}\n\n`);
}
