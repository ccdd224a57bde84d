import { type Address, addressKey } from "../processor/address.ts";
import type { Source } from "../processor/mod.ts";
import type { Presence } from "../processor/presence.ts";
import { type ListOptions, Seat, type SeatOptions, ViewerList } from "./viewer-list.ts";

interface Followed {
  readonly list: ViewerList;
  /** How many streams follow the instance, be something to be seen or not. */
  followers: number;
}

/** Who looks at each instance, over the streams of this process. */
export class ViewerLists {
  readonly #options: ListOptions;
  readonly #sources = new Map<Source, Map<string, Followed>>();

  constructor(options: ListOptions) {
    this.#options = options;
  }

  /** Returns what others may see of those who look at an instance. */
  of(source: Source, address: Address): readonly Presence[] {
    return this.#sources.get(source)?.get(addressKey(address))?.list.all ?? [];
  }

  /** Tells those who look at an instance of each other, unless they know. */
  announce(source: Source, address: Address): void {
    this.#sources.get(source)?.get(addressKey(address))?.list.announce();
  }

  /** Returns a seat for a stream that follows an instance, until `leave` is called. */
  follow(
    source: Source,
    address: Address,
    options: SeatOptions,
  ): { readonly seat: Seat; readonly leave: () => void } {
    const key = addressKey(address);
    const inSource = this.#sources.get(source) ?? new Map<string, Followed>();
    const followed = inSource.get(key) ??
      { list: new ViewerList(address, this.#options), followers: 0 };
    this.#sources.set(source, inSource.set(key, followed));
    followed.followers++;
    const seat = new Seat(followed.list, options);
    return {
      seat,
      leave: () => {
        seat.leave();
        if (--followed.followers > 0) return;
        if (inSource.get(key) === followed) inSource.delete(key);
        if (inSource.size === 0 && this.#sources.get(source) === inSource) {
          this.#sources.delete(source);
        }
      },
    };
  }
}
