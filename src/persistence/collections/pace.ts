import type { Key } from "../../store/schema.ts";
import type { Adapter } from "../adapter.ts";
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
 * Tells when a key may be written again, on a platform that does not take one key often. It is the adapter's, so
 * that all who write to it keep the pace together.
 */
export class Pace {
  /** Milliseconds from one write of a key to the next; 0 where nothing limits them. */
  readonly #interval: number;
  readonly #written: Map<string, Written> = new Map();

  constructor(interval: number) {
    this.#interval = interval;
  }

  /** The pace of an adapter. */
  static of(adapter: Adapter): Pace {
    let pace = paces.get(adapter);
    if (pace === undefined) {
      const { writesPerSecondPerKey: rate = Infinity } = adapter.capabilities;
      paces.set(adapter, pace = new Pace(1_000 / rate));
    }
    return pace;
  }

  /** When a key may be written; in the past where it may be now. */
  freeAt(type: string, key: Key): number {
    const written = this.#written.get(type);
    if (written === undefined) return 0;
    return Math.max(written.keys.get(identity(key)) ?? 0, written.cleared) + this.#interval;
  }

  /** When all keys of a type may be written. */
  allFreeAt(type: string): number {
    const written = this.#written.get(type);
    if (written === undefined) return 0;
    let last = written.cleared;
    for (const time of written.keys.values()) last = Math.max(last, time);
    return last + this.#interval;
  }

  /** A key is being written, or has been, or may have been. */
  wrote(type: string, key: Key, now: number): void {
    if (this.#interval === 0) return;
    const { keys } = this.#of(type);
    const id = identity(key);
    keys.delete(id);
    keys.set(id, now);
    // What may be written again need not be remembered.
    for (const [earlier, time] of keys) {
      if (time + this.#interval > now) break;
      keys.delete(earlier);
    }
  }

  /** The same for all keys of a type, which are deleted. */
  cleared(type: string, now: number): void {
    if (this.#interval > 0) this.#of(type).cleared = now;
  }

  #of(type: string): Written {
    let written = this.#written.get(type);
    if (written === undefined) this.#written.set(type, written = { cleared: 0, keys: new Map() });
    return written;
  }
}
