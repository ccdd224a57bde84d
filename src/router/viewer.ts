import { type Address, addressKey } from "../processor/address.ts";
import type { Revision } from "../processor/epoch.ts";
import type { ErrorPatch } from "../processor/message.ts";
import type { Clock } from "../shared/clock.ts";
import type { Followed, InstanceHome, Opened, OpenOptions } from "./home.ts";
import { PassingNews } from "./passing.ts";
import type { Sight } from "./sight.ts";

/** How many sights may wait that are not the newest state of anything. */
const mostAhead = 1_000;

/** Options of {@link Viewer}. */
export interface ViewerOptions {
  readonly clock: Clock;
  /** The token of the page's stream. */
  readonly token: string;
  /** The protocol that the page speaks. */
  readonly protocol: 1 | 2;
  /** Whether it is none, but a page that looks once. */
  readonly isPoll?: boolean | undefined;
  /** When the stream has ended at the latest, in milliseconds since 1970. */
  readonly until: number;
}

/**
 * Follows instances for one stream: sees each whole at first, or what differs from what the page has, and then what
 * differs from what the page was told last. Changes that come faster than the stream is read become one, so a slow
 * reader needs no more memory.
 */
export class Viewer {
  readonly #home: InstanceHome;
  readonly #clock: Clock;
  readonly #options: ViewerOptions;
  /** By the keys of their addresses. */
  readonly #followed = new Map<string, Followed>();
  /** Those of which the page was not told all that is new. */
  readonly #news = new Set<Followed>();
  /** What the page may miss, which comes after all news. */
  readonly #passing = new PassingNews<Followed>();
  /** Sights that come before any news. */
  readonly #ahead: Sight[] = [];
  /** The key of who looks. */
  userKey = "-";
  #user: unknown;
  #closed = false;
  /** Set for the next sign of life. */
  #timer: unknown;
  #wake: () => void = () => {};

  constructor(home: InstanceHome, options: ViewerOptions) {
    this.#home = home;
    this.#clock = options.clock;
    this.#options = options;
  }

  /** The instances that are followed. */
  get followed(): readonly Address[] {
    return [...this.#followed.values()];
  }

  /** Returns whether an instance is followed. */
  follows(address: Address): boolean {
    return this.#followed.has(addressKey(address));
  }

  /** Says who looks. They may see other things than before. */
  set user(user: unknown) {
    if (Object.is(user, this.#user)) return;
    this.#user = user;
    for (const followed of this.#followed.values()) followed.become();
  }

  /** Mounts an instance and, unless that fails, follows it. Returns what is seen of it at first. */
  open(address: Address, options: OpenOptions): Promise<Opened> {
    return this.#open(address, options, () => {});
  }

  /** Does as {@link open} while the stream is followed, and shows the first state before any news of the instance. */
  add(address: Address, options: OpenOptions): Promise<Opened> {
    return this.#open(address, options, (sight) => this.say(sight));
  }

  async #open(
    address: Address,
    { context, have }: OpenOptions,
    opened: (sight: Sight) => void,
  ): Promise<Opened> {
    const followed = this.#home.follow(address, {
      ...this.#options,
      user: () => this.#user,
      userKey: () => this.userKey,
      onNews: (news) => {
        this.#news.add(news);
        this.#wake();
      },
      onPassing: (about, passing) => {
        this.#passing.add(about, passing);
        this.#wake();
      },
    });
    try {
      const first = await followed.mount({ context, have });
      if (!first.ok) {
        followed.leave();
        return first;
      }
      if (this.#closed) this.#forget(followed);
      else this.#take(followed);
      opened(first.sight);
      followed.start();
      return first;
    } catch (error) {
      this.#forget(followed);
      throw error;
    }
  }

  /** Shows something before any news. A stream on which these pile up ends instead, and its page opens another. */
  say(sight: Sight): void {
    if (this.#closed) return;
    this.#ahead.push(sight);
    this.#wake();
    if (this.#ahead.length <= mostAhead) return;
    this.#ahead.length = 0;
    this.close();
  }

  /**
   * Returns whether the page is going to be told of a revision that its own event has made, or was told already. If so,
   * it is told even if it sees no difference by then.
   */
  promise(address: Address, made: Revision): boolean {
    if (this.#closed) return false;
    return this.#followed.get(addressKey(address))?.promise(made) ?? false;
  }

  /**
   * Yields what is seen as instances change and, every `heartbeat` milliseconds, `undefined`, a sign of life. It then
   * looks into the store as well. Of an instance that is not followed any longer, it yields nothing but why.
   */
  async *follow(heartbeat: number): AsyncGenerator<Sight | undefined> {
    let isDue = false;
    const beat = () => {
      isDue = true;
      this.#wake();
    };
    if (!this.#closed) this.#timer = this.#clock.setTimeout(beat, heartbeat);
    try {
      while (!this.#closed) {
        const isSilent = this.#news.size === 0 && this.#ahead.length === 0 &&
          this.#passing.isEmpty;
        if (!isDue && isSilent) {
          await new Promise<void>((resolve) => this.#wake = resolve);
        }
        if (isDue && !this.#closed) {
          isDue = false;
          yield undefined;
          for (const followed of this.#followed.values()) {
            while (this.#ahead.length > 0) yield this.#ahead.shift();
            const sight = await followed.look({ isHeartbeat: true });
            if (sight) yield sight;
          }
          if (!this.#closed) this.#timer = this.#clock.setTimeout(beat, heartbeat);
        }
        while (this.#ahead.length > 0) yield this.#ahead.shift();
        for (const followed of this.#news) {
          this.#news.delete(followed);
          // Its first state may have come since.
          while (this.#ahead.length > 0) yield this.#ahead.shift();
          const seen = followed.see();
          const sight = seen instanceof Promise ? await seen : seen;
          if (sight) yield sight;
        }
        // Until it is taken, there may be other news.
        const passing = this.#passing.take();
        if (passing) yield passing;
      }
      while (this.#ahead.length > 0) yield this.#ahead.shift();
    } finally {
      this.#clock.clearTimeout(this.#timer);
    }
  }

  /** Stops following an instance, and says why. News of it that were not sent are dropped. */
  refuse(address: Address, error: ErrorPatch): void {
    const followed = this.#followed.get(addressKey(address));
    if (!followed) return;
    const { type, id } = followed;
    this.#forget(followed);
    this.say({ kind: "refused", type, id, error });
  }

  /** Stops following an instance that the page has let go. */
  leave({ type, id }: Address): void {
    const followed = this.#followed.get(addressKey({ type, id }));
    if (followed) this.#forget(followed);
    this.say({ kind: "left", type, id });
  }

  /** Stops following. */
  close(): void {
    this.#closed = true;
    this.#clock.clearTimeout(this.#timer);
    for (const followed of this.#followed.values()) this.#forget(followed);
    this.#wake();
  }

  /** Follows an instance once, however often it was opened at the same time. */
  #take(followed: Followed): void {
    const key = addressKey(followed);
    const other = this.#followed.get(key);
    if (other) this.#forget(other);
    this.#followed.set(key, followed);
  }

  #forget(followed: Followed): void {
    followed.leave();
    const key = addressKey(followed);
    this.#followed.delete(key);
    this.#news.delete(followed);
    this.#passing.forget(followed);
    const ahead = this.#ahead.splice(0);
    this.#ahead.push(...ahead.filter((it) => it.kind !== "shown" || addressKey(it) !== key));
  }
}
