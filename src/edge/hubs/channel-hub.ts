import type { Address } from "../../processor/address.ts";
import type { News, Source } from "../../processor/mod.ts";
import { reportError } from "../../processor/report-error.ts";
import { checkOptions } from "../../shared/check-options.ts";
import * as kind from "../../shared/kinds.ts";
import { readCarried, writeCarried } from "./carried-news.ts";
import { type ClosableHub, defaultName, hubOptionKinds, type HubOptions } from "./hub-options.ts";
import { LocalListeners } from "./local-listeners.ts";

/** What carries texts between processes, such as Redis or NATS. */
export interface NewsChannel {
  /** Sends a text to all processes that listen, be it this one as well. */
  send(text: string): unknown;
  /**
   * Calls `receive` with each text that is sent, and returns, or resolves to, what ends that. It is called again only
   * when that has ended. It calls `missed` if texts were lost, such as when it is connected again: then all streams of
   * the process read their instances.
   */
  listen(
    receive: (text: unknown) => void,
    missed: () => void,
  ): (() => unknown) | Promise<() => unknown>;
  /** Releases what the channel holds, when its hub is closed. */
  close?(): unknown;
}

const channelKind: kind.Kind = {
  fits: (value) => kind.hasMethods(value, "send", "listen"),
  cure: "an object with send and listen",
  isRequired: true,
};

/**
 * Makes a hub of whatever carries texts between processes: Redis, NATS, Postgres, a socket. News cross as short texts
 * that hold no state, so a stream that hears of a change reads its instance. What anybody else writes to the channel is
 * ignored, and a text that is lost costs a stream no more than the time until its next heartbeat.
 *
 * The channel is listened to while anybody listens to the hub.
 *
 * @example
 * ```ts
 * import { channelHub } from "rian/edge";
 *
 * const events = new EventTarget(); // in earnest, a client of Redis or NATS
 * using hub = channelHub({
 *   send: (text) => events.dispatchEvent(new MessageEvent("rian", { data: text })),
 *   listen(receive) {
 *     const listener = (event: Event) => receive((event as MessageEvent).data);
 *     events.addEventListener("rian", listener);
 *     return () => events.removeEventListener("rian", listener);
 *   },
 * });
 * ```
 *
 * @throws {TypeError} if an option is missing, misspelt, or not what it should be
 */
export function channelHub(channel: NewsChannel, options: HubOptions = {}): ClosableHub {
  const checked = checkOptions("make a hub of a channel", { channel, options }, {
    channel: channelKind,
    options: kind.optionsOf(hubOptionKinds),
  });
  return new ChannelHub(channel, checked.options);
}

/** A hub over a channel. */
export class ChannelHub implements ClosableHub {
  /** Tells what this hub has sent from what others have. */
  readonly #name = crypto.randomUUID();
  readonly #channel: NewsChannel;
  readonly #options: HubOptions;
  readonly #nameOf: (source: Source) => string;
  readonly #listeners: LocalListeners;
  /** Ends the listening, while there is any. */
  #stop: (() => unknown) | undefined;
  #isSettling = false;
  #isClosed = false;

  constructor(channel: NewsChannel, options: HubOptions) {
    this.#channel = channel;
    this.#options = options;
    this.#nameOf = options.nameOf ?? defaultName;
    const isNamed = (source: Source) => options.nameOf !== undefined || typeof source === "string";
    this.#listeners = new LocalListeners(this.#nameOf, isNamed);
  }

  publish(source: Source, news: News): unknown {
    this.#listeners.publish(source, news);
    if (this.#isClosed || !this.#listeners.mayCross(source, news)) return undefined;
    const carried = { from: this.#name, source: this.#nameOf(source), news };
    return this.#channel.send(writeCarried(carried));
  }

  subscribe(source: Source, address: Address, listener: (news: News) => void): () => void {
    const leave = this.#listeners.add(source, address, listener);
    void this.#settle();
    return () => {
      leave();
      void this.#settle();
    };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    void this.#settle();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #receive(text: unknown): void {
    const carried = readCarried(text);
    if (carried && carried.from !== this.#name) {
      this.#listeners.receive(carried.source, carried.news);
    }
  }

  /** Listens while anybody wants to hear; at once, where the channel needs no time. */
  async #settle(): Promise<void> {
    if (this.#isSettling) return;
    this.#isSettling = true;
    try {
      for (;;) {
        const isWanted = !this.#isClosed && !this.#listeners.isEmpty;
        const stop = this.#stop;
        if (isWanted === (stop !== undefined)) break;
        this.#stop = undefined;
        if (stop) {
          const stopped = stop();
          if (stopped instanceof Promise) await stopped;
        } else {
          const missed = () => this.#listeners.lookAgain();
          const listening = this.#channel.listen((text) => this.#receive(text), missed);
          this.#stop = listening instanceof Promise ? await listening : listening;
          // Streams have opened meanwhile, and heard nothing.
          if (listening instanceof Promise) missed();
        }
      }
      if (this.#isClosed) await this.#channel.close?.();
    } catch (error) {
      // Whoever subscribes next makes it try again.
      reportError(error, { eventId: "hub" }, this.#options);
    } finally {
      this.#isSettling = false;
    }
  }
}
