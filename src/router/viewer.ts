import { type Address, addressKey } from "../processor/address.ts";
import { diff } from "../processor/diff.ts";
import type { Engine } from "../processor/engine.ts";
import { updatePatches } from "../processor/make-patches.ts";
import type { ErrorPatch, Frame } from "../processor/message.ts";
import type { News, ProcessContext } from "../processor/mod.ts";
import { type Applied, type Outcome, patchesOf } from "../processor/outcome.ts";
import type { StoredInstance } from "../processor/stored-instance.ts";
import { type Clock, pause } from "../shared/clock.ts";
import { equal } from "../shared/equal.ts";
import { own } from "../shared/own.ts";

/** How many frames may wait that are not the newest state of anything. */
const mostAhead = 1_000;

/** A {@link Frame} with the name of its server-sent event. */
export interface StreamFrame extends Frame {
  readonly event: "snapshot" | "message";
}

/** An instance as the viewer has it. */
interface Seen extends Address {
  rev: number;
  state: object;
  /** The version that was read last, if it is known. */
  version: string | undefined;
  /** Leaves the hub. */
  readonly leave: () => void;
  /** What the hub said of it before the viewer had its first state. */
  early: Heard | undefined;
  /** Whether the viewer has its first state. */
  isFollowed: boolean;
  /** Whether it is followed no longer, whatever the hub still brings. */
  isForgotten: boolean;
}

/** What the hub said of an instance. Without a state, the viewer looks into the store. */
interface Heard {
  readonly rev: number;
  readonly state: object | undefined;
}

/**
 * Follows instances for one stream: shows each whole at first, and then what differs from what was sent last. Changes
 * that come faster than the stream is read become one, so a slow reader needs no more memory.
 */
export class Viewer {
  readonly #engine: Engine;
  readonly #clock: Clock;
  /** By the keys of their addresses. */
  readonly #seen = new Map<string, Seen>();
  /** The newest news of each instance that is not sent yet. */
  readonly #news = new Map<Seen, Heard>();
  /** Frames that come before any news. */
  readonly #ahead: StreamFrame[] = [];
  #closed = false;
  /** Ends the wait for the next heartbeat. */
  #wake = new AbortController();

  constructor(engine: Engine, options: { clock: Clock }) {
    this.#engine = engine;
    this.#clock = options.clock;
  }

  /** The instances that are followed. */
  get followed(): readonly Address[] {
    return [...this.#seen.values()];
  }

  /** Returns whether an instance is followed. */
  follows(address: Address): boolean {
    return this.#seen.has(addressKey(address));
  }

  /** Mounts an instance and, unless that fails, follows it. */
  open(address: Address, context: ProcessContext): Promise<Outcome> {
    return this.#open(address, context, () => {});
  }

  /** Does as {@link open} while the stream is followed, and sends the first state before any news of the instance. */
  add(address: Address, context: ProcessContext): Promise<Outcome> {
    const { type, id } = address;
    return this.#open(address, context, (outcome) => {
      const { rev } = outcome;
      this.say({ event: "snapshot", type, instance: id, rev, patches: patchesOf(outcome) });
    });
  }

  /** Sends a frame before any news. A stream on which these pile up ends instead, and its page opens another. */
  say(frame: StreamFrame): void {
    if (this.#closed) return;
    this.#ahead.push(frame);
    this.#wake.abort();
    if (this.#ahead.length <= mostAhead) return;
    this.#ahead.length = 0;
    this.close();
  }

  async #open(
    address: Address,
    context: ProcessContext,
    opened: (outcome: Applied) => void,
  ): Promise<Outcome> {
    const { type, id } = address;
    // Before the snapshot is taken, so no change in between is missed.
    const leave = this.#engine.subscribe(address, (news) => this.#hear(seen, news));
    const seen: Seen = {
      type,
      id,
      rev: 0,
      state: {},
      version: undefined,
      early: undefined,
      leave,
      isFollowed: false,
      isForgotten: false,
    };
    const outcome = await this.#engine.mount(address, context);
    if (!outcome.ok || this.#closed) {
      this.#forget(seen);
      return outcome;
    }
    seen.rev = outcome.rev;
    // A mount has always something to show.
    seen.state = outcome.state ?? {};
    seen.isFollowed = true;
    this.#seen.set(addressKey(address), seen);
    opened(outcome);
    if (seen.early && seen.early.rev > seen.rev) {
      this.#news.set(seen, seen.early);
      this.#wake.abort();
    }
    return outcome;
  }

  /**
   * Yields frames as instances change, and `undefined`, a sign of life, after `heartbeat` milliseconds without one. Of
   * an instance that is not followed any longer, it yields nothing but why.
   */
  async *follow(heartbeat: number): AsyncGenerator<StreamFrame | undefined> {
    while (!this.#closed) {
      if (this.#isIdle) {
        this.#wake = new AbortController();
        await pause(heartbeat, { clock: this.#clock, signal: this.#wake.signal });
      }
      if (this.#isIdle && !this.#closed) {
        yield undefined;
        for (const seen of this.#seen.values()) {
          yield* this.#ahead.splice(0);
          const frame = await this.#look(seen);
          if (frame) yield frame;
        }
      }
      yield* this.#ahead.splice(0);
      for (const [seen, { rev, state }] of this.#news) {
        this.#news.delete(seen);
        // Its first state may have come since.
        yield* this.#ahead.splice(0);
        if (seen.isForgotten || state && rev <= seen.rev) continue;
        const frame = state
          ? this.#frame(seen, { rev, state, version: undefined })
          : await this.#look(seen);
        if (frame) yield frame;
      }
    }
    yield* this.#ahead.splice(0);
  }

  /** Stops following an instance, and says why. News of it that were not sent are dropped. */
  refuse(address: Address, error: ErrorPatch): void {
    const seen = this.#seen.get(addressKey(address));
    if (!seen) return;
    const { type, id } = seen;
    this.#forget(seen);
    this.say({ event: "message", type, instance: id, rev: 0, patches: [error] });
  }

  /** Stops following. */
  close(): void {
    this.#closed = true;
    for (const seen of this.#seen.values()) this.#forget(seen);
    this.#wake.abort();
  }

  get #isIdle(): boolean {
    return this.#news.size === 0 && this.#ahead.length === 0;
  }

  #forget(seen: Seen): void {
    seen.isForgotten = true;
    seen.leave();
    this.#seen.delete(addressKey(seen));
    this.#news.delete(seen);
  }

  #hear(seen: Seen, news: News): void {
    const heard = own(news);
    if (heard.kind === "hangUp" || seen.isForgotten) return;
    const { rev, state } = heard;
    if (!seen.isFollowed) {
      if (rev > (seen.early?.rev ?? 0)) seen.early = { rev, state };
      return;
    }
    const newest = this.#news.get(seen)?.rev ?? seen.rev;
    // News that is not newer is old, or of an instance that was replaced: the store shows which.
    if (rev > newest) this.#news.set(seen, { rev, state });
    else if (rev < seen.rev) this.#news.set(seen, { rev: seen.rev, state: undefined });
    else return;
    this.#wake.abort();
  }

  /** Finds what the hub did not carry, such as a change made in another process. */
  async #look(seen: Seen): Promise<StreamFrame | undefined> {
    const stored = await this.#engine.read(seen);
    if (!stored || seen.isForgotten) return undefined;
    if (!isSame(seen, stored)) return this.#frame(seen, stored);
    seen.version = stored.version;
    return undefined;
  }

  /** Returns the next frame: a snapshot if the revision does not follow, since the instance was then replaced. */
  #frame(seen: Seen, { rev, state, version }: Omit<StoredInstance, "epoch">): StreamFrame {
    const { type, id } = seen;
    const follows = rev > seen.rev;
    const changed = follows ? diff(seen.state, state) : { ...state };
    Object.assign(seen, { rev, state, version });
    const patches = updatePatches({ type, id, rev }, changed);
    return { event: follows ? "message" : "snapshot", type, instance: id, rev, patches };
  }
}

function isSame(seen: Seen, stored: StoredInstance): boolean {
  if (seen.rev !== stored.rev) return false;
  return seen.version !== undefined && stored.version !== undefined
    ? seen.version === stored.version
    : equal(seen.state, stored.state);
}
