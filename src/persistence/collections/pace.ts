import type { Key } from "../../shared/key.ts";
import { own } from "../../shared/own.ts";
import type { Adapter } from "../adapter/adapter.ts";
import { identity } from "./identity.ts";

/** The time of a write that never was. */
const never = -Infinity;

const paces: WeakMap<Adapter, Pace> = new WeakMap();

/**
 * Knows when a key may be written again, on a platform that limits how often one key is written. All who write to an
 * adapter share its pace.
 */
export class Pace {
  /** Milliseconds from one write of a key to the next; 0 if nothing limits them. */
  readonly #interval: number;
  /** When each key of each type was written, the earliest first; `undefined` stands for all keys. */
  readonly #written: Map<string, Map<unknown, number>> = new Map();

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
    return this.#left(
      [written?.get(undefined) ?? never, written?.get(identity(key)) ?? never],
      now,
    );
  }

  /** Returns how many milliseconds it takes until all keys of a type may be written. */
  waitForAll(type: string, now: number): number {
    return this.#left(this.#written.get(type)?.values() ?? [], now);
  }

  /** Notes that a key is being written, or has been, or may have been. */
  wrote(type: string, key: Key, now: number): void {
    this.#note(type, identity(key), now);
  }

  /** Notes that all keys of a type are being deleted, or have been, or may have been. */
  cleared(type: string, now: number): void {
    this.#note(type, undefined, now);
  }

  #note(type: string, id: unknown, now: number): void {
    if (this.#interval === 0) return;
    const written = this.#written.get(type) ?? new Map<unknown, number>();
    this.#written.set(type, written);
    written.delete(id);
    written.set(id, now);
    // What may be written again need not be remembered.
    for (const [earlier, time] of written) {
      if (this.#left([time], now) > 0) break;
      written.delete(earlier);
    }
  }

  /** Returns what is left of the longest interval since these times; nothing of one if the clock has been set back. */
  #left(times: Iterable<number>, now: number): number {
    let left = 0;
    for (const time of times) if (time <= now) left = Math.max(left, time + this.#interval - now);
    return left;
  }
}
