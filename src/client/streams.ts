import type { Address } from "../processor/address.ts";
import { openStream, type Stream, type StreamOptions } from "./stream.ts";
import { groupsOf } from "./stream-address.ts";
import type { Following, StreamListener } from "./transport.ts";

/**
 * Returns the `follow` of a transport over server-sent events. Instances that do not fit one stream are spread over
 * several, and the last stream that was opened for an instance is the only one that follows it.
 *
 * @param url Where the router is.
 */
export function streamsAt(
  url: string,
  options: StreamOptions,
): (addresses: readonly Address[], listener: StreamListener) => Following {
  const open = new Set<Stream>();

  return (addresses, listener) => {
    for (const stream of open) {
      stream.drop(addresses);
      if (stream.isOver) open.delete(stream);
    }
    const streams = groupsOf(`${url}/stream`, addresses).map((group) => {
      const stream = openStream(url, group, { ...options, listener });
      open.add(stream);
      return stream;
    });
    return {
      reopen: (address) => streams.find((stream) => stream.follows(address))?.reopen(),
      close: () => streams.forEach((stream) => stream.close()),
    };
  };
}
