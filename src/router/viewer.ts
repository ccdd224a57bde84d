import { type Address, addressKey } from "../processor/address.ts";
import type { Engine } from "../processor/engine.ts";
import type { Revision } from "../processor/epoch.ts";
import type { Have } from "../processor/have.ts";
import type { ErrorPatch } from "../processor/message.ts";
import type { News, ProcessContext } from "../processor/mod.ts";
import type { Failed } from "../processor/outcome.ts";
import type { Clock } from "../shared/clock.ts";
import { own } from "../shared/own.ts";
import { FollowedInstance, type SeeOptions } from "./followed-instance.ts";
import { resumed } from "./resumed.ts";
import type { ReadState, SharedState, SharedStates } from "./shared-states.ts";
import type { Sight } from "./sight.ts";

/** How many sights may wait that are not the newest state of anything. */
const mostAhead = 1_000;

/** What the hub said of an instance. Without a state, the viewer looks into the store. */
interface Heard {
  readonly rev: number;
  readonly epoch: string | undefined;
  readonly state: object | undefined;
}

/** An instance that a viewer follows. */
interface Following extends Address {
  readonly instance: FollowedInstance;
  readonly shared: SharedState;
  /** The newest revision that the viewer has heard of. */
  heard: Heard;
  /** Whether the viewer has its first state. */
  isFollowed: boolean;
  /** Whether it is followed no longer, whatever the hub still brings. */
  isForgotten: boolean;
  /** Leaves the hub. */
  readonly leave: () => void;
}

/** What an instance was when its stream opened. */
export type Opened = { readonly ok: true; readonly sight: Sight } | Failed;

/** Options of {@link Viewer}. */
export interface ViewerOptions {
  readonly states: SharedStates;
  readonly clock: Clock;
  /** The token of the page's stream. */
  readonly token: string;
}

/** How an instance is opened. */
export interface OpenOptions {
  readonly context: ProcessContext;
  /** What the page says that it has. */
  readonly have?: Have | undefined;
}

/**
 * Follows instances for one stream: sees each whole at first, or what differs from what the page has, and then what
 * differs from what the page was told last. Changes that come faster than the stream is read become one, so a slow
 * reader needs no more memory.
 */
export class Viewer {
  readonly #engine: Engine;
  readonly #states: SharedStates;
  readonly #clock: Clock;
  readonly #token: string;
  /** By the keys of their addresses. */
  readonly #following = new Map<string, Following>();
  /** The newest news of each instance that the page was not told of yet. */
  readonly #news = new Map<Following, Heard>();
  /** Sights that come before any news. */
  readonly #ahead: Sight[] = [];
  #user: unknown;
  #closed = false;
  /** Set for the next sign of life. */
  #timer: unknown;
  #wake: () => void = () => {};

  constructor(engine: Engine, { states, clock, token }: ViewerOptions) {
    this.#engine = engine;
    this.#states = states;
    this.#clock = clock;
    this.#token = token;
  }

  /** The instances that are followed. */
  get followed(): readonly Address[] {
    return [...this.#following.values()];
  }

  /** Returns whether an instance is followed. */
  follows(address: Address): boolean {
    return this.#following.has(addressKey(address));
  }

  /** Says who looks. They may see other things than before. */
  set user(user: unknown) {
    if (Object.is(user, this.#user)) return;
    this.#user = user;
    for (const following of this.#following.values()) {
      if (this.#engine.hasView(following.type)) this.#lookAt(following);
    }
  }

  /** Mounts an instance and, unless that fails, follows it. Returns what is seen of it at first. */
  async open(address: Address, options: OpenOptions): Promise<Opened> {
    const following = this.#follow(address);
    try {
      return await this.#mount(following, options);
    } catch (error) {
      this.#forget(following);
      throw error;
    }
  }

  async #mount(following: Following, { context, have }: OpenOptions): Promise<Opened> {
    const { type, id } = following;
    const address = { type, id };
    const outcome = await this.#engine.mount(address, context);
    if (!outcome.ok) {
      this.#forget(following);
      return outcome;
    }
    const { instance, shared, heard: early } = following;
    const project = (state: object) =>
      this.#engine.project(state, { ...address, user: this.#user });
    // A mount always has something to show.
    const mounted = { ...outcome, state: outcome.state ?? {} };
    const resume = have && await resumed(this.#engine, address, { have, now: mounted, project });
    const { rev, epoch, state } = resume?.now ?? mounted;
    if (resume) instance.resume(resume.told);
    const keyOf = this.#engine.keyOf(address.type);
    const projected = project(shared.share({ rev, epoch, state }, keyOf));
    const sight = instance.first({ rev, epoch, projected, keyOf });
    following.heard = { rev, epoch, state: undefined };
    following.isFollowed = true;
    if (this.#closed) this.#forget(following);
    else this.#following.set(addressKey(address), following);
    this.#take(following, early);
    return {
      ok: true,
      sight: sight.kind === "shown" ? { ...sight, schemas: outcome.schemas } : sight,
    };
  }

  /** Does as {@link open} while the stream is followed, and shows the first state before any news of the instance. */
  async add(address: Address, context: ProcessContext): Promise<Opened> {
    const opened = await this.open(address, { context });
    if (opened.ok) this.say(opened.sight);
    return opened;
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
  promise(address: Address, { rev, epoch }: Revision): boolean {
    const following = this.#following.get(addressKey(address));
    if (this.#closed || !following?.instance.told) return false;
    const { told } = following.instance;
    if (told.epoch !== epoch || following.heard.epoch !== epoch) return false;
    if (told.rev >= rev) return true;
    if (following.heard.rev < rev) return false;
    following.instance.await();
    if (!this.#news.has(following)) this.#lookAt(following);
    return true;
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
        if (!isDue && this.#news.size === 0 && this.#ahead.length === 0) {
          await new Promise<void>((resolve) => this.#wake = resolve);
        }
        if (isDue && !this.#closed) {
          isDue = false;
          yield undefined;
          for (const following of this.#following.values()) {
            yield* this.#ahead.splice(0);
            const sight = await this.#look(following, { isHeartbeat: true });
            if (sight) yield sight;
          }
          if (!this.#closed) this.#timer = this.#clock.setTimeout(beat, heartbeat);
        }
        yield* this.#ahead.splice(0);
        for (const [following, heard] of this.#news) {
          this.#news.delete(following);
          // Its first state may have come since.
          yield* this.#ahead.splice(0);
          const sight = await this.#believe(following, heard);
          if (sight) yield sight;
        }
      }
      yield* this.#ahead.splice(0);
    } finally {
      this.#clock.clearTimeout(this.#timer);
    }
  }

  /** Stops following an instance, and says why. News of it that were not sent are dropped. */
  refuse(address: Address, error: ErrorPatch): void {
    const following = this.#following.get(addressKey(address));
    if (!following) return;
    const { type, id } = following;
    this.#forget(following);
    this.say({ kind: "refused", type, id, error });
  }

  /** Stops following. */
  close(): void {
    this.#closed = true;
    this.#clock.clearTimeout(this.#timer);
    for (const following of this.#following.values()) this.#forget(following);
    this.#wake();
  }

  #follow({ type, id }: Address): Following {
    const { source } = this.#engine;
    // Before the first state is read, so no change in between is missed.
    const leaveHub = this.#engine.subscribe({ type, id }, (news) => this.#hear(following, news));
    const { state: shared, leave: leaveState } = this.#states.follow(source, { type, id });
    const following: Following = {
      type,
      id,
      instance: new FollowedInstance({ type, id }),
      shared,
      heard: { rev: 0, epoch: undefined, state: undefined },
      isFollowed: false,
      isForgotten: false,
      leave: () => {
        leaveHub();
        leaveState();
      },
    };
    return following;
  }

  #forget(following: Following): void {
    if (following.isForgotten) return;
    following.isForgotten = true;
    following.leave();
    this.#following.delete(addressKey(following));
    this.#news.delete(following);
  }

  #hear(following: Following, news: News): void {
    const heard = own(news);
    if (heard.kind === "hangUp" || following.isForgotten) return;
    const { rev, epoch, state, origin } = heard;
    if (origin?.stream === this.#token) following.instance.name(rev, origin.eventId);
    if (following.isFollowed) this.#take(following, { rev, epoch, state });
    else if (rev > following.heard.rev) following.heard = { rev, epoch, state };
  }

  #take(following: Following, { rev, epoch, state }: Heard): void {
    const { heard: known } = following;
    const isOther = epoch !== undefined && epoch !== known.epoch;
    // News that is not newer is old, or of an instance that was replaced: the store shows which.
    if (isOther || rev < known.rev && rev > 0) return this.#lookAt(following);
    if (rev <= known.rev) return;
    following.heard = { rev, epoch: known.epoch, state: undefined };
    this.#tellLater(following, { rev, epoch: known.epoch, state });
  }

  #lookAt(following: Following): void {
    this.#tellLater(following, { ...following.heard, state: undefined });
  }

  #tellLater(following: Following, heard: Heard): void {
    this.#news.set(following, heard);
    this.#wake();
  }

  /** Sees what the hub brought, unless the store has to be asked. */
  #believe(
    following: Following,
    { rev, epoch, state }: Heard,
  ): Sight | undefined | Promise<Sight | undefined> {
    if (following.isForgotten) return undefined;
    if (state === undefined || epoch === undefined) return this.#look(following);
    return this.#see(following, { rev, epoch, state });
  }

  /** Finds what the hub did not carry, such as a change made in another process. */
  async #look(
    following: Following,
    options: SeeOptions = {},
  ): Promise<Sight | undefined> {
    const { instance } = following;
    let stored = await this.#engine.read(following);
    const { told } = instance;
    // What answers may be a replica that lags behind.
    if (stored && told?.epoch === stored.epoch && stored.rev < told.rev) {
      stored = await this.#engine.read(following);
    }
    if (following.isForgotten) return undefined;
    // What was never stored cannot have been deleted.
    if (!stored) return told?.rev === 0 ? undefined : instance.hide("deleted");
    return this.#see(following, stored, options);
  }

  #see(
    following: Following,
    read: ReadState,
    options: SeeOptions = {},
  ): Sight | undefined {
    const { type, id, instance, shared } = following;
    const { rev, epoch } = read;
    following.heard = { rev, epoch, state: undefined };
    const keyOf = this.#engine.keyOf(type);
    const kept = shared.share(read, keyOf);
    const projected = this.#engine.project(kept, { type, id, user: this.#user });
    return instance.see({ rev, epoch, projected, keyOf }, options);
  }
}
