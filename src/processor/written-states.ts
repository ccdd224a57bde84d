import type { Operation } from "./operations/operation.ts";
import { JsonSizes } from "./operations/json-sizes.ts";
import type { StoredInstance } from "./stored-instance.ts";

/** About how many characters of JSON are kept in all. */
const maxSize = 8_000_000;
/** About how many a state may have. */
const maxStateSize = maxSize / 8;
/** What an instance takes beside its state, its receipts and its log, in characters. */
const restSize = 512;

/** An instance as it was written, and how large it is. */
interface Written {
  readonly instance: StoredInstance;
  /** No fewer characters than the state has: where operations led to it, each counts as if it had only added. */
  readonly atMost: number;
  /** How many characters it had when they were counted. */
  readonly counted: number;
  /** What it takes of all there may be. */
  readonly size: number;
}

/**
 * The states that a process has written last, by the turn keys of their instances. Another process may have changed them
 * since, so only what a conditional commit has compared can follow from them. Beyond so many characters, what was used
 * longest ago goes.
 */
export class WrittenStates {
  readonly #written = new Map<string, Written>();
  #size = 0;

  /** Returns an instance as it was written last, if that is kept. */
  get(key: string): StoredInstance | undefined {
    const written = this.#written.get(key);
    if (!written) return undefined;
    // What was set last is at the end of a map.
    this.#written.delete(key);
    this.#written.set(key, written);
    return written.instance;
  }

  /**
   * Keeps an instance as it was written, in place of what it was before.
   *
   * @param operations What leads to it from what is kept, if that is known.
   */
  set(
    key: string,
    instance: StoredInstance,
    { before, operations }: {
      readonly before: StoredInstance | undefined;
      readonly operations: readonly Operation[] | undefined;
    },
  ): void {
    const known = this.#written.get(key);
    this.delete(key);
    // What is no plain JSON may be much larger than it looks.
    if (instance.isPlain !== true) return;
    const from = known && before && known.instance.state === before.state ? known : undefined;
    const { atMost, counted } = sizeOf(instance.state, from, operations);
    if (atMost >= maxStateSize) return;
    const { receipts = "", log = "" } = instance;
    const size = atMost + receipts.length + log.length + restSize;
    this.#written.set(key, { instance, atMost, counted, size });
    this.#size += size;
    if (this.#size > maxSize) this.#forget();
  }

  /** Forgets an instance. */
  delete(key: string): void {
    const written = this.#written.get(key);
    if (!written) return;
    this.#written.delete(key);
    this.#size -= written.size;
  }

  #forget(): void {
    for (const key of this.#written.keys()) {
      if (this.#size <= maxSize) return;
      this.delete(key);
    }
  }
}

/** Returns how large a state is: counted, or from what it was before where that is not far from it. */
function sizeOf(
  state: object,
  before: Written | undefined,
  operations: readonly Operation[] | undefined,
): Pick<Written, "atMost" | "counted"> {
  if (before && operations) {
    const { counted } = before;
    const atMost = before.atMost + new JsonSizes().sizeOf(operations, maxStateSize);
    if (atMost < 2 * counted + restSize) return { atMost, counted };
  }
  const counted = new JsonSizes().sizeOf(state, maxStateSize);
  return { atMost: counted, counted };
}
