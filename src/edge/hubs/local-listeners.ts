import type { Address } from "../../processor/address.ts";
import { MemoryHub, type News, type Source } from "../../processor/mod.ts";

/** Who listens in this process. News of other processes know a storage by its name only. */
export class LocalListeners {
  readonly #hub = new MemoryHub();
  readonly #nameOf: (source: Source) => string;
  /** How many listeners each source has, by the names of the sources. */
  readonly #sources = new Map<string, Map<Source, number>>();

  constructor(nameOf: (source: Source) => string) {
    this.#nameOf = nameOf;
  }

  /** Whether nobody listens. */
  get isEmpty(): boolean {
    return this.#sources.size === 0;
  }

  /** Calls the listener with all news of an address, until the returned function is called. */
  add(source: Source, address: Address, listener: (news: News) => void): () => void {
    const name = this.#nameOf(source);
    const unsubscribe = this.#hub.subscribe(source, address, listener);
    const named = this.#sources.get(name) ?? new Map<Source, number>();
    this.#sources.set(name, named.set(source, (named.get(source) ?? 0) + 1));
    let isLeft = false;
    return () => {
      if (isLeft) return;
      isLeft = true;
      unsubscribe();
      const left = named.get(source)! - 1;
      if (left > 0) named.set(source, left);
      else named.delete(source);
      if (named.size === 0 && this.#sources.get(name) === named) this.#sources.delete(name);
    };
  }

  /** Hands on news of this process, with the state if they have one to those who named the very source. */
  publish(source: Source, news: News): void {
    this.#hub.publish(source, news);
    const { state: _, ...stateless } = news;
    for (const other of this.#named(this.#nameOf(source))) {
      if (other !== source) this.#hub.publish(other, stateless);
    }
  }

  /** Hands on news of another process. */
  receive(name: string, news: News): void {
    for (const source of this.#named(name)) this.#hub.publish(source, news);
  }

  #named(name: string): Source[] {
    return [...this.#sources.get(name)?.keys() ?? []];
  }
}
