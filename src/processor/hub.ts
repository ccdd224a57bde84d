import { checkOptions } from "../shared/check-options.ts";
import * as kind from "../shared/kinds.ts";
import { type Address, addressKey } from "./address.ts";
import type { Source } from "./source.ts";

/** What a hub carries: the news that an instance has changed. */
export interface News {
  /** Tells the kinds of news apart. */
  readonly kind: "change";
  /** The instance's type. */
  readonly type: string;
  /** The instance's id. */
  readonly id: string;
  /** How many times the instance has changed. */
  readonly rev: number;
  /** The new state, if the hub carries states; otherwise a listener loads it. It is shared and must not be changed. */
  readonly state?: object;
}

/** Carries news of instances from those that change them to those that watch them. */
export interface Hub {
  /** Calls the listeners of the instance in this storage. */
  publish(source: Source, news: News): void;
  /** Calls the listener with all news of an instance in this storage, until the returned function is called. */
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

  /** Calls the listeners of the instance in this storage. */
  publish(source: Source, news: News): void {
    for (const listener of [...this.#listeners.get(source)?.get(addressKey(news)) ?? []]) {
      listener(news);
    }
  }

  /** Calls the listener with all news of an instance in this storage, until the returned function is called. */
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
