import type { Address } from "../address.ts";
import type { BuriedMessage, StoredMessage } from "./queued-message.ts";

/** A message of `context.send` that could not be delivered, and was set aside. */
export interface DeadMessage extends Address {
  /** What `resend` and `discard` take. */
  readonly key: string;
  /** The instance whose event has sent it. */
  readonly sender: Address;
  /** The event that it asked for. */
  readonly event: string;
  /** What was sent with it. */
  readonly payload: unknown;
  /** The `eventId` that its event has had at each attempt, as in the log. */
  readonly eventId: string;
  /** The code of the error that has ended it, such as `"unknown-event"`. */
  readonly code: string;
  /** What that error says. */
  readonly message: string;
  /** How many attempts have failed. */
  readonly attempts: number;
  /** When it was set aside, in milliseconds since 1970. */
  readonly time: number;
}

/** Which dead messages to return. */
export interface DeadOptions {
  /** Only those after the one of this key: the last one of a page starts the next. */
  readonly after?: string;
  /** At most this many. Default 100. */
  readonly limit?: number;
}

/** Returns what is known of a message that was set aside. */
export function deadMessage({ key, message }: StoredMessage<BuriedMessage>): DeadMessage {
  const { type, id, sender, event, payload, eventId, attempts = 0, death } = message;
  const { code, message: text, time } = death;
  return { key, type, id, sender, event, payload, eventId, code, message: text, attempts, time };
}
