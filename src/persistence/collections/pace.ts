import type { Key } from "../../shared/key.ts";
import { own } from "../../shared/own.ts";
import type { Adapter } from "../adapter/adapter.ts";
import { identity } from "./identity.ts";

/** When a type was last written, in milliseconds since 1970. */
interface Written {
  /** When it was cleared. */
  cleared: number;
  /** When each key was written, the earliest first. */
  readonly keys: Map<unknown, number>;
}

const paces: WeakMap<Adapter, Pace> = new WeakMap();

/**
 * Knows when a key may be written again, on a platform that limits how often one key is written. All who write to an
 * adapter share its pace.
 */
export class Pace {
  /** Milliseconds from one write of a key to the next; 0 if nothing limits them. */
  readonly #interval: number;
  readonly #written: Map<string, Written> = new Map();

  constructor(interval: number) {
    this.#interval = interval;
  }

  /** Returns the pace of an adapter. */
  static of(adapter: Adapter): Pace {
    let pace = paces.get(adapter);
    if (pace === undefined) {
      const { writesPerSecondPerKey: rate = Infinity } = own(adapter.capabilities);
      paces.set(adapter, pace = new Pace(1_000 / rate));
    }
    return pace;
  }

  /** Returns how many milliseconds it takes until a key may be written; 0 if it may be written now. */
  waitFor(type: string, key: Key, now: number): number {
    const written = this.#written.get(type);
    if (written === undefined) return 0;
    const wait = this.#left(written.cleared, now);
    return Math.max(wait, this.#left(written.keys.get(identity(key)) ?? 0, now));
  }

  /** Returns how many milliseconds it takes until all keys of a type may be written. */
  waitForAll(type: string, now: number): number {
    const written = this.#written.get(type);
    if (written === undefined) return 0;
    let wait = this.#left(written.cleared, now);
    for (const time of written.keys.values()) wait = Math.max(wait, this.#left(time, now));
    return wait;
  }

  /** Notes that a key is being written, or has been, or may have been. */
  wrote(type: string, key: Key, now: number): void {
    if (this.#interval === 0) return;
    const { keys } = this.#of(type);
    const id = identity(key);
    keys.delete(id);
    keys.set(id, now);
    // What may be written again need not be remembered.
    for (const [earlier, time] of keys) {
      if (this.#left(time, now) > 0) break;
      keys.delete(earlier);
    }
  }

  /** Notes that all keys of a type are being deleted, or have been, or may have been. */
  cleared(type: string, now: number): void {
    if (this.#interval > 0) this.#of(type).cleared = now;
  }

  /** Returns what is left of the interval since then; nothing if the clock has been set back. */
  #left(time: number, now: number): number {
    return time > now ? 0 : Math.max(0, time + this.#interval - now);
  }

  #of(type: string): Written {
    let written = this.#written.get(type);
    if (written === undefined) this.#written.set(type, written = { cleared: 0, keys: new Map() });
    return written;
  }
}
