const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A server-sent event as it travels. It may be shared by many streams. */
export type Encoded = Uint8Array<ArrayBuffer>;

/** Returns the name and the data of an event that {@link encodeEvent} made. */
export function decodeEvent(encoded: Encoded): { readonly event?: string; readonly data: string } {
  const [, event, data = ""] = /^(?:event: (.*)\n)?data: (.*)\n\n$/.exec(decoder.decode(encoded)) ??
    [];
  return { ...(event !== undefined && { event }), data };
}

/** Returns a server-sent event of one line of data; without a name, it is a message. */
export function encodeEvent(data: string, event?: string): Encoded {
  return encoder.encode(`${event === undefined ? "" : `event: ${event}\n`}data: ${data}\n\n`);
}
