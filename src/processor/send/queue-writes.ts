import type { DeleteWrite, PutWrite } from "../../persistence/adapter/adapter.ts";
import { type Address, addressKey } from "../address.ts";
import { creationOf } from "../epoch.ts";
import { delayedType, outboxType } from "../side-types.ts";
import type { OutgoingMessage } from "./outgoing.ts";
import { delayedKey, laneKey, laneOf } from "./queue-keys.ts";
import type { QueuedMessage } from "./queued-message.ts";

// An epoch that others have written may be as long as an eventId can be.
const maxCreationLength = 64;

/** What the send queue asks of a commit. */
export interface QueueChanges {
  /** What the event sends. */
  readonly sends: readonly OutgoingMessage[];
  /** What makes the event, which was sent itself, happen once. */
  readonly received: readonly (PutWrite | DeleteWrite)[];
}

/**
 * The writes of what an event sends. Each message gets a number, which the row of its sender keeps (`sent`): no lower than
 * the time, and higher than the one before, so a sender that was deleted and made again goes on behind what it has left.
 */
export class QueueWrites {
  readonly #bySender = new Map<string, OutgoingMessage[]>();
  readonly #now: number;
  /** The writes of all messages that were numbered so far. */
  readonly writes: PutWrite[] = [];

  constructor(sends: readonly OutgoingMessage[], now: number) {
    this.#now = Math.max(0, Math.trunc(now));
    for (const message of sends) {
      const key = addressKey(message.sender);
      const messages = this.#bySender.get(key) ?? [];
      this.#bySender.set(key, messages);
      messages.push(message);
    }
  }

  /** Returns whether an instance sends. */
  has(address: Address): boolean {
    return this.#bySender.size > 0 && this.#bySender.has(addressKey(address));
  }

  /** Numbers what an instance sends, if it does, and returns the last number that its row has to keep. */
  sentAfter(sender: Address, epoch: string, sent: number | undefined): number | undefined {
    if (!this.has(sender)) return sent;
    let n = sent ?? 0;
    for (const message of this.#bySender.get(addressKey(sender))!) {
      n = Math.max(n + 1, this.#now);
      this.writes.push(this.#write(message, n, creationOf(epoch).slice(0, maxCreationLength)));
    }
    return n;
  }

  #write({ delay, payload, ...rest }: OutgoingMessage, n: number, epoch: string): PutWrite {
    const value: QueuedMessage = {
      ...rest,
      epoch,
      n,
      eventId: `${epoch}.${n}`,
      ...(payload !== undefined && { payload }),
    };
    const lane = laneOf({ sender: rest.sender, receiver: rest });
    return delay
      ? { type: delayedType, key: delayedKey(lane, this.#now + Math.ceil(delay), n), value }
      : { type: outboxType, key: laneKey(lane, n, n), value };
  }
}
