import type { Address } from "../processor/address.ts";
import type { Revision } from "../processor/epoch.ts";
import type { Source } from "../processor/mod.ts";
import type { Viewer } from "./viewer.ts";

/** An open stream of protocol 2. */
export interface OpenStream {
  readonly source: Source;
  /** The key of the user whose stream it is. */
  readonly userKey: string;
  readonly viewer: Viewer;
}

/** What a page's own event has made, and who sent it. */
export interface Promised extends Address, Revision {
  readonly source: Source;
  readonly userKey: string;
}

/** The streams of protocol 2 that are open in this process, by their tokens. */
export class OpenStreams {
  readonly #streams = new Map<string, OpenStream>();

  /** Adds a stream until it is over. */
  join(token: string, stream: OpenStream, { over }: { readonly over: Promise<void> }): void {
    this.#streams.set(token, stream);
    void over.then(() => this.#streams.delete(token));
  }

  /** Returns whether a stream of the sender's brings what their event has made. */
  promise(token: string, { source, userKey, ...made }: Promised): boolean {
    const stream = this.#streams.get(token);
    if (stream?.source !== source || stream.userKey !== userKey) return false;
    return stream.viewer.promise(made, made);
  }
}
