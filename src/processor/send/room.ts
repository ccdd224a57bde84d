import { describeCount } from "../../shared/describe.ts";
import { type Address, addressKey } from "../address.ts";
import type { Memory } from "../bounded-maps.ts";
import { NascError } from "../errors.ts";

/** How many messages of one sender may wait. Those that are not due yet do not count. */
export const maxWaiting = 1_000;

/** Options of {@link Room.assertFor}. */
export interface NewMessages {
  /** How many messages there are to be. */
  readonly count: number;
  /** Whether the sender has sent anything before. */
  readonly hasSent: boolean;
}

/**
 * Bounds how many messages of a sender wait. It knows of each sender how many there are at most, and counts only where
 * that is not few enough: what was delivered since may have made room.
 */
export class Room {
  readonly #atMost: Memory<number>;
  readonly #countWaiting: (sender: Address, most: number) => Promise<number>;

  constructor(
    atMost: Memory<number>,
    countWaiting: (sender: Address, most: number) => Promise<number>,
  ) {
    this.#atMost = atMost;
    this.#countWaiting = countWaiting;
  }

  /**
   * Refuses messages that would be too many.
   *
   * @throws {NascError} `queue-full`
   */
  async assertFor(sender: Address, { count, hasSent }: NewMessages): Promise<void> {
    const key = addressKey(sender);
    let waiting = this.#atMost.get(key) ?? (hasSent ? Infinity : 0);
    if (waiting + count > maxWaiting) waiting = await this.#countWaiting(sender, maxWaiting);
    this.#atMost.set(key, waiting);
    if (waiting + count <= maxWaiting) return;
    throw new NascError(
      "queue-full",
      `${
        describeCount(maxWaiting)
      } messages of ${sender.type}/${sender.id} wait for their receivers; try again later`,
    );
  }

  /** Notes that messages were committed. */
  add(sender: Address, count: number): void {
    const key = addressKey(sender);
    const waiting = this.#atMost.get(key);
    if (waiting !== undefined) this.#atMost.set(key, waiting + count);
  }
}
