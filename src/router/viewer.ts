import { diff } from "../processor/diff.ts";
import type { Engine } from "../processor/engine.ts";
import { updatePatches } from "../processor/make-patches.ts";
import type { Frame } from "../processor/message.ts";
import type { Address, News, ProcessContext } from "../processor/mod.ts";
import type { Outcome } from "../processor/outcome.ts";
import type { StoredInstance } from "../processor/stored-instance.ts";
import { type Clock, pause } from "../shared/clock.ts";
import { equal } from "../shared/equal.ts";
import { own } from "../shared/own.ts";

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
}

/**
 * Follows instances for one stream: shows each whole at first, and then what differs from what was sent last. Changes
 * that come faster than the stream is read become one, so a slow reader needs no more memory.
 */
export class Viewer {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #seen: Seen[] = [];
  /** The newest news of each instance that is not sent yet. Without a state, the viewer looks into the store. */
  readonly #news = new Map<Seen, News>();
  readonly #leave: (() => void)[] = [];
  #closed = false;
  /** Ends the wait for the next heartbeat. */
  #wake = new AbortController();

  constructor(engine: Engine, options: { clock: Clock }) {
    this.#engine = engine;
    this.#clock = options.clock;
  }

  /** Mounts an instance and, unless that fails, follows it. */
  async open(address: Address, context: ProcessContext): Promise<Outcome> {
    const { type, id } = address;
    const seen: Seen = { type, id, rev: 0, state: {}, version: undefined };
    // Before the snapshot is taken, so no change in between is missed.
    const leave = this.#engine.subscribe(address, (news) => this.#hear(seen, news));
    const outcome = await this.#engine.mount(address, context);
    if (!outcome.ok) {
      leave();
      return outcome;
    }
    this.#leave.push(leave);
    seen.rev = outcome.rev;
    seen.state = outcome.state;
    const news = this.#news.get(seen);
    if (news && news.rev <= seen.rev) this.#news.delete(seen);
    this.#seen.push(seen);
    return outcome;
  }

  /** Yields frames as instances change, and `undefined`, a sign of life, after `heartbeat` milliseconds without one. */
  async *follow(heartbeat: number): AsyncGenerator<StreamFrame | undefined> {
    while (!this.#closed) {
      if (this.#news.size === 0) {
        this.#wake = new AbortController();
        await pause(heartbeat, { clock: this.#clock, signal: this.#wake.signal });
        if (this.#closed) return;
      }
      if (this.#news.size === 0) {
        yield undefined;
        for (const seen of this.#seen) {
          const frame = await this.#look(seen);
          if (frame) yield frame;
        }
      }
      for (const [seen, news] of this.#news) {
        const { rev, state } = own(news);
        this.#news.delete(seen);
        if (state && rev <= seen.rev) continue;
        const frame = state
          ? this.#frame(seen, { rev, state, version: undefined })
          : await this.#look(seen);
        if (frame) yield frame;
      }
    }
  }

  /** Stops following. */
  close(): void {
    this.#closed = true;
    for (const leave of this.#leave.splice(0)) leave();
    this.#wake.abort();
  }

  #hear(seen: Seen, news: News): void {
    const { kind, type, id, rev, state } = own(news);
    const newest = this.#news.get(seen)?.rev ?? seen.rev;
    // News that is not newer is old, or of an instance that was replaced: the store shows which.
    if (rev > newest) this.#news.set(seen, { kind, type, id, rev, ...(state && { state }) });
    else if (rev < seen.rev) this.#news.set(seen, { kind, type, id, rev: seen.rev });
    else return;
    this.#wake.abort();
  }

  /** Finds what the hub did not carry, such as a change made in another process. */
  async #look(seen: Seen): Promise<StreamFrame | undefined> {
    const stored = await this.#engine.read(seen);
    if (!stored) return undefined;
    if (!isSame(seen, stored)) return this.#frame(seen, stored);
    seen.version = stored.version;
    return undefined;
  }

  /** Returns the next frame: a snapshot if the revision does not follow, since the instance was then replaced. */
  #frame(seen: Seen, { rev, state, version }: StoredInstance): StreamFrame {
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
