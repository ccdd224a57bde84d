import type { Address } from "../processor/address.ts";
import { type Presence, type PresenceOptions, readPresence } from "../processor/presence.ts";
import type { Clock } from "../shared/clock.ts";
import { encodePassing, type Passing } from "./passing.ts";

/** How many of those who look on handlers learn of. */
const mostListed = 1_000;
/** How many a page learns of. */
const mostShown = 100;
/** How many milliseconds lie between two lists, but for those who have just come. */
const leastPause = 1_000;
const nobody = "-";

/** What it takes to list those who look on. */
export interface ListOptions extends PresenceOptions {
  readonly clock: Clock;
}

/** Whose stream it is that takes a {@link Seat}. */
export interface SeatOptions {
  /** The token of the stream. */
  readonly token: string;
  readonly user: () => unknown;
  /** Returns the key of the user. */
  readonly userKey: () => string;
  /** Receives the list of those who look on, each time that it has changed. */
  readonly onList: (passing: Passing) => void;
  /** Which place its viewer had before the process forgot the list. */
  readonly place?: number | undefined;
  /** Receives the place of its viewer, or that they have none any longer. */
  readonly onPlace?: ((place: number | undefined) => void) | undefined;
}

/** Somebody who looks on, over one stream or several. */
interface Listed {
  shown: Presence;
  text: string;
  readonly place: number;
  readonly seats: Set<Seat>;
}

/** Who looks at an instance, over the streams of this process or object. */
export class ViewerList {
  readonly #address: Address;
  readonly #options: ListOptions;
  /** The streams to which something is to be seen. */
  readonly #seats = new Set<Seat>();
  /** Those who are listed, by what tells them apart, in the order in which they came. */
  readonly #listed = new Map<string, Listed>();
  #places = 0;
  #all: readonly Presence[] | undefined;
  #passing: Passing | undefined;
  #announced = -Infinity;
  #timer: unknown;

  constructor({ type, id }: Address, options: ListOptions) {
    this.#address = { type, id };
    this.#options = options;
  }

  /** Those who look on, at most 1,000. */
  get all(): readonly Presence[] {
    return this.#all ??= Object.freeze(this.#first(mostListed));
  }

  /** Takes a stream in that shows something of the instance, and tells it at once who looks on. */
  join(seat: Seat): void {
    this.#seats.add(seat);
    this.update(seat);
    this.#tell(seat);
  }

  /** Takes a stream in again that was told of the list before its process forgot that. Those who came first come first. */
  restore(seat: Seat, place: number | undefined): void {
    this.#seats.add(seat);
    this.#list(seat, place);
  }

  /** Lists the viewer of a stream by what others may see of them now. */
  update(seat: Seat): void {
    if (this.#list(seat)) this.announce();
  }

  /** Lets a stream go that has ended, or shows nothing any longer. */
  leave(seat: Seat): void {
    this.#seats.delete(seat);
    if (this.#remove(seat)) this.announce();
    if (this.#seats.size > 0) return;
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Tells all streams of the list, unless they know it: at once, or a second after the last time. */
  announce(): void {
    if (this.#timer !== undefined || this.#seats.size === 0) return;
    const { clock } = this.#options;
    const wait = leastPause - (clock.now() - this.#announced);
    // A clock that was set back makes nobody wait longer.
    this.#timer = clock.setTimeout(() => {
      this.#timer = undefined;
      this.#announced = clock.now();
      for (const seat of this.#seats) this.#tell(seat);
    }, Math.min(Math.max(wait, 0), leastPause));
  }

  /** Lists the viewer of a stream, and returns whether that changes the list. */
  #list(seat: Seat, place = this.#places + 1): boolean {
    const { key } = seat;
    const presence = readPresence(seat.user, this.#options);
    if (!presence) return this.#remove(seat);
    const known = this.#listed.get(key);
    const listed = known ?? { ...presence, place, seats: new Set() };
    this.#places = Math.max(this.#places, listed.place);
    this.#listed.set(key, listed);
    listed.seats.add(seat);
    seat.take(listed.place);
    if (known?.text === presence.text) return false;
    Object.assign(listed, presence);
    return this.#forget();
  }

  /** Lists the viewer of a stream no longer for its sake, and returns whether that changes the list. */
  #remove(seat: Seat): boolean {
    const listed = this.#listed.get(seat.key);
    if (!listed?.seats.delete(seat)) return false;
    seat.take(undefined);
    if (listed.seats.size > 0) return false;
    this.#listed.delete(seat.key);
    return this.#forget();
  }

  #forget(): true {
    this.#all = undefined;
    this.#passing = undefined;
    return true;
  }

  #tell(seat: Seat): void {
    const { type, id: instance } = this.#address;
    this.#passing ??= encodePassing({
      action: "viewers",
      type,
      instance,
      viewers: this.#first(mostShown),
    });
    seat.tell(this.#passing);
  }

  #first(most: number): Presence[] {
    const first: Presence[] = [];
    for (const { shown } of this.#listed.values()) {
      if (first.length === most) break;
      first.push(shown);
    }
    return first;
  }
}

/** The place of one stream among those that follow an instance: in its list while something is to be seen. */
export class Seat {
  readonly #list: ViewerList;
  readonly #options: SeatOptions;
  #isTaken = false;
  #isLeft = false;
  /** The list that the stream was told last. */
  #told: string | undefined;
  #key: string | undefined;

  constructor(list: ViewerList, options: SeatOptions) {
    this.#list = list;
    this.#options = options;
  }

  /** What tells its viewer from others: their key, or else the stream, since nobody knows who they are. */
  get key(): string {
    const { token, userKey } = this.#options;
    const key = userKey();
    return this.#key ??= key === nobody ? `${nobody} ${token}` : key;
  }

  /** Who looks. */
  get user(): unknown {
    return this.#options.user();
  }

  /** Hears whether something is to be seen. */
  see(isVisible: boolean): void {
    if (isVisible === this.#isTaken || this.#isLeft) return;
    this.#isTaken = isVisible;
    if (isVisible) this.#list.join(this);
    else this.#list.leave(this);
  }

  /** Hears the same, of a stream that was told of the list before its process forgot that. */
  restore(isVisible: boolean): void {
    this.#isTaken = isVisible;
    if (isVisible) this.#list.restore(this, this.#options.place);
  }

  /** Hears that others may see something else of its viewer. */
  become(): void {
    if (this.#isTaken) this.#list.update(this);
  }

  /** Leaves for good. */
  leave(): void {
    this.see(false);
    this.#isLeft = true;
  }

  /** Receives the list. */
  tell(passing: Passing): void {
    const { text } = passing.sight.encoded!;
    if (text === this.#told) return;
    this.#told = text;
    this.#options.onList(passing);
  }

  /** Receives the place of its viewer. */
  take(place: number | undefined): void {
    this.#options.onPlace?.(place);
  }
}
