import { checkOptions } from "../shared/check-options.ts";
import * as kind from "../shared/kinds.ts";
import { type Address, addressKey } from "./address.ts";
import type { Source } from "./source.ts";

/**
 * What a hub carries: the news that an instance has changed, that a user was hung up, or what a handler has to say to
 * those who look on. A hub hands it on, whole, to those who subscribed to its `type` and `id`.
 */
export type News =
  | {
    /** Tells the kinds of news apart. */
    readonly kind: "change";
    /** The instance's type. */
    readonly type: string;
    /** The instance's id. */
    readonly id: string;
    /** How many times the instance has changed. */
    readonly rev: number;
    /** Which creation of the instance the revision belongs to; without it, the one that a listener knows. */
    readonly epoch?: string;
    /**
     * The new state, if the hub carries states; otherwise a listener loads it. It is shared and must not be changed.
     */
    readonly state?: object;
    /** The stream of the page whose event has made the change, and the event's id. */
    readonly origin?: {
      /** The token of the stream. */
      readonly stream: string;
      /** The event's id. */
      readonly eventId: string;
    };
  }
  | {
    /** Tells the kinds of news apart. */
    readonly kind: "hangUp";
    /** With `id`, the address that every process subscribes to which has streams of users. No instance has it. */
    readonly type: string;
    /** The rest of that address. */
    readonly id: string;
    /** The key of the user whose streams are to end. */
    readonly user: string;
    /** Never there. */
    readonly state?: never;
  }
  | {
    /** Tells the kinds of news apart. */
    readonly kind: "broadcast";
    /** The instance's type. */
    readonly type: string;
    /** The instance's id. */
    readonly id: string;
    /** What was passed to `context.broadcast`: plain JSON, at most 4,096 bytes. It is shared and must not be changed. */
    readonly payload: unknown;
    /** The stream of the page whose event has led to it, which does not hear it. */
    readonly origin?: {
      /** The token of the stream. */
      readonly stream: string;
    };
    /** Never there. */
    readonly state?: never;
  };

/** What a handler has said by `context.broadcast`. */
export type BroadcastNews = Extract<News, { readonly kind: "broadcast" }>;

/** Where hubs carry the keys of users who were hung up. No instance has this address. */
export const hangUpAddress: Address = { type: "_nasc", id: "hangUp" };

/** Carries news of instances, and of users, from those that change them to those that watch them. */
export interface Hub {
  /** Calls those who listen to this `type` and `id` now, in this storage. */
  publish(source: Source, news: News): void;
  /** Calls the listener with all news of an address in this storage, until the returned function is called. */
  subscribe(source: Source, address: Address, listener: (news: News) => void): () => void;
}

const subscriptionKinds = {
  address: { ...kind.record, cure: "an object with type and id", isRequired: true },
  listener: { ...kind.callback, isRequired: true },
};

type Listeners = Set<(news: News) => void>;

/** A {@link Hub} for one process. */
export class MemoryHub implements Hub {
  /** By source and by the key of an address. */
  readonly #listeners = new Map<Source, Map<string, Listeners>>();

  /** Calls those who listen to this `type` and `id` now, in this storage. */
  publish(source: Source, news: News): void {
    for (const listener of [...this.#listeners.get(source)?.get(addressKey(news)) ?? []]) {
      listener(news);
    }
  }

  /** Calls the listener with all news of an address in this storage, until the returned function is called. */
  subscribe(source: Source, address: Address, listener: (news: News) => void): () => void {
    checkOptions("subscribe to a hub", { address, listener }, subscriptionKinds);
    const key = addressKey(address);
    const inSource = this.#listeners.get(source) ?? new Map<string, Listeners>();
    const listeners = inSource.get(key) ?? new Set();
    this.#listeners.set(source, inSource.set(key, listeners.add(listener)));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && inSource.get(key) === listeners) inSource.delete(key);
      if (inSource.size === 0 && this.#listeners.get(source) === inSource) {
        this.#listeners.delete(source);
      }
    };
  }
}
