import { type Address, addressKey } from "../../processor/address.ts";
import { unstoredEpoch } from "../../processor/epoch.ts";
import { hangUpAddress } from "../../processor/hub.ts";
import { MemoryHub, type News, type Source } from "../../processor/mod.ts";

/** How many listeners an address has. */
interface Followed {
  readonly address: Address;
  listeners: number;
}

/** Who listens in this process. News of other processes know a storage by its name only. */
export class LocalListeners {
  readonly #hub = new MemoryHub();
  readonly #nameOf: (source: Source) => string;
  readonly #isNamed: (source: Source) => boolean;
  /** What is listened to: by the names of sources, by sources, and by the keys of addresses. */
  readonly #sources = new Map<string, Map<Source, Map<string, Followed>>>();

  /** @param isNamed Returns whether the name of a storage is its own, so that what is broadcast may go by it. */
  constructor(nameOf: (source: Source) => string, isNamed: (source: Source) => boolean) {
    this.#nameOf = nameOf;
    this.#isNamed = isNamed;
  }

  /** Whether nobody listens. */
  get isEmpty(): boolean {
    return this.#sources.size === 0;
  }

  /** Calls the listener with all news of an address, until the returned function is called. */
  add(source: Source, address: Address, listener: (news: News) => void): () => void {
    const name = this.#nameOf(source);
    const key = addressKey(address);
    const unsubscribe = this.#hub.subscribe(source, address, listener);
    const named = this.#sources.get(name) ?? new Map<Source, Map<string, Followed>>();
    const inSource = named.get(source) ?? new Map<string, Followed>();
    const followed = inSource.get(key) ?? { address, listeners: 0 };
    followed.listeners++;
    this.#sources.set(name, named.set(source, inSource.set(key, followed)));
    let isLeft = false;
    return () => {
      if (isLeft) return;
      isLeft = true;
      unsubscribe();
      if (--followed.listeners > 0) return;
      inSource.delete(key);
      if (inSource.size === 0) named.delete(source);
      if (named.size === 0) this.#sources.delete(name);
    };
  }

  /** Hands on news of this process, with the state if they have one to those who named the very source. */
  publish(source: Source, news: News): void {
    this.#hub.publish(source, news);
    const { state: _, ...stateless } = news;
    for (const other of this.#named(this.#nameOf(source))) {
      if (other !== source && this.mayCross(other, news)) this.#hub.publish(other, stateless);
    }
  }

  /**
   * Returns whether news of a storage may reach others by its name. What is broadcast must not reach those who look at
   * another storage, which has the name as well.
   */
  mayCross(source: Source, { kind }: News): boolean {
    return kind !== "broadcast" || this.#isNamed(source);
  }

  /** Hands on news of another process. */
  receive(name: string, news: News): void {
    for (const source of this.#named(name)) {
      if (this.mayCross(source, news)) this.#hub.publish(source, news);
    }
  }

  /** Makes all who follow an instance read it: news of a state that nobody has. */
  lookAgain(): void {
    for (const [source, inSource] of [...this.#sources.values()].flatMap((named) => [...named])) {
      for (const { address: { type, id } } of [...inSource.values()]) {
        if (type === hangUpAddress.type) continue;
        this.#hub.publish(source, { kind: "change", type, id, rev: 0, epoch: unstoredEpoch });
      }
    }
  }

  #named(name: string): Source[] {
    return [...this.#sources.get(name)?.keys() ?? []];
  }
}
