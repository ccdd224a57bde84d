import { checkOptions } from "../../shared/check-options.ts";
import * as kind from "../../shared/kinds.ts";
import { ChannelHub, type NewsChannel } from "./channel-hub.ts";
import { type ClosableHub, hubOptionKinds, type HubOptions } from "./hub-options.ts";

/** Options of {@link broadcastHub}. */
export interface BroadcastHubOptions extends HubOptions {
  /** The name of the BroadcastChannel; `"rian"` by default. */
  readonly name?: string;
}

const optionKinds: kind.Kinds<BroadcastHubOptions> = { ...hubOptionKinds, name: kind.text };

/**
 * Makes a hub of a BroadcastChannel: for the threads of one process (`worker_threads` of Node, Workers of Deno and Bun).
 * Processes and machines do not reach each other by it.
 *
 * @example
 * ```ts
 * import { MemoryStore } from "rian";
 * import { broadcastHub } from "rian/edge";
 * import { createNasc } from "rian/hono";
 *
 * const Counter = { mount: () => ({ count: 0 }) };
 * using hub = broadcastHub();
 * const store = new MemoryStore(); // in earnest, a store that all threads share
 * createNasc({ handlers: { Counter }, store, hub, authorize: "everyone", hosts: "any" });
 * ```
 *
 * @throws {TypeError} if an option is misspelt or not what it should be, or the platform has no BroadcastChannel
 */
export function broadcastHub(options: BroadcastHubOptions = {}): ClosableHub {
  const checked = checkOptions("make a hub of a BroadcastChannel", { options }, {
    options: kind.optionsOf(optionKinds),
  }).options;
  if (typeof BroadcastChannel !== "function") {
    throw new TypeError(
      "Cannot make a hub of a BroadcastChannel: this platform has none; on Cloudflare, use nascObject",
    );
  }
  return new ChannelHub(new Broadcast(checked.name ?? "rian"), checked);
}

/** The part of a BroadcastChannel that the hub uses. */
interface OpenChannel {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(text: string): void;
  close(): void;
  /** Lets the process end though the channel is open, in Node and Bun. */
  unref?(): unknown;
}

/** A BroadcastChannel, opened when it is needed. */
class Broadcast implements NewsChannel {
  readonly #name: string;
  #channel: OpenChannel | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  send(text: string): void {
    const channel = this.#open();
    channel.postMessage(text);
    this.#leave(channel);
  }

  listen(receive: (text: unknown) => void): () => void {
    const channel = this.#open();
    channel.onmessage = ({ data }) => receive(data);
    // Whoever listens is a stream, which keeps the process alive by itself.
    channel.unref?.();
    return () => {
      channel.onmessage = null;
      this.#leave(channel);
    };
  }

  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  #open(): OpenChannel {
    if (!this.#channel) {
      this.#channel = new BroadcastChannel(this.#name) as OpenChannel;
      this.#channel.unref?.();
    }
    return this.#channel;
  }

  /** Closes a channel that nobody listens to, where it would keep the process alive. */
  #leave(channel: OpenChannel): void {
    if (channel.onmessage === null && !channel.unref) this.close();
  }
}
