import type { PassingFrame } from "../processor/frames.ts";
import type { BroadcastNews } from "../processor/hub.ts";
import { toWire } from "../processor/to-wire.ts";
import { type Encoded, encodeEvent } from "./encoded.ts";
import type { FramedSight } from "./sight.ts";

/** What is shown to those who look on now, and to nobody later. */
export interface Passing {
  readonly action: PassingFrame["action"];
  readonly sight: FramedSight;
}

/** What each broadcast looks like, made once for all who hear it. */
const broadcasts = new WeakMap<BroadcastNews, Passing>();

/** Returns what those see who look at the instance of a broadcast. */
export function passingOf(news: BroadcastNews): Passing {
  const { type, id, payload } = news;
  const known = broadcasts.get(news) ??
    encodePassing({ action: "broadcast", type, instance: id, payload });
  broadcasts.set(news, known);
  return known;
}

/** Returns what those see who get a frame. */
export function encodePassing(frame: PassingFrame): Passing {
  const { action, type, instance } = frame;
  const encoded = encodeEvent(toWire(frame));
  return { action, sight: { kind: "framed", type, id: instance, encoded } };
}

/** Returns whether what an object has said may be missed, and which frame it is. */
export function readPassing({ text }: Encoded): PassingFrame["action"] | undefined {
  // As `encodePassing` writes it.
  const [, action] = /^\{"action":"(viewers|broadcast)",/.exec(text) ?? [];
  return action as PassingFrame["action"] | undefined;
}

/** How many broadcasts wait for a slow reader. */
const mostBroadcasts = 32;

/** An instance that somebody looks at. */
export interface Visible {
  /** Whether they see anything of it. */
  readonly isVisible: boolean;
}

/**
 * What passes by and was not shown yet: of each instance the last list of those who look on, and the last broadcasts of
 * all. A slow reader misses the rest.
 */
export class PassingNews<Seen extends Visible> {
  readonly #lists = new Map<Seen, FramedSight>();
  #broadcasts: { readonly seen: Seen; readonly sight: FramedSight }[] = [];

  /** Whether there is none. */
  get isEmpty(): boolean {
    return this.#lists.size === 0 && this.#broadcasts.length === 0;
  }

  /** Adds what is to be shown of an instance. */
  add(seen: Seen, { action, sight }: Passing): void {
    if (action === "viewers") {
      this.#lists.set(seen, sight);
      return;
    }
    this.#broadcasts.push({ seen, sight });
    if (this.#broadcasts.length > mostBroadcasts) this.#broadcasts.shift();
  }

  /** Takes the next of those that may be shown. */
  take(): FramedSight | undefined {
    for (const [seen, sight] of this.#lists) {
      this.#lists.delete(seen);
      if (seen.isVisible) return sight;
    }
    for (;;) {
      const next = this.#broadcasts.shift();
      if (!next || next.seen.isVisible) return next?.sight;
    }
  }

  /** Forgets what is about an instance. */
  forget(seen: Seen): void {
    this.#lists.delete(seen);
    this.#broadcasts = this.#broadcasts.filter((each) => each.seen !== seen);
  }
}
