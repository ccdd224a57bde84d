import type { Entry, Version } from "../../persistence/adapter/adapter.ts";
import { UnreadableEntryError } from "../../persistence/adapter/errors.ts";
import { own } from "../../shared/own.ts";
import type { Address } from "../address.ts";
import { isName } from "../message.ts";

/** What a handler has sent, as it waits in the send queue. */
export interface QueuedMessage extends Address {
  /** The instance whose event has sent it. */
  readonly sender: Address;
  /** Which creation of the sender that was. */
  readonly epoch: string;
  /** Its number, higher than that of whatever the sender has sent before. */
  readonly n: number;
  readonly event: string;
  readonly payload?: unknown;
  /** The id that its event has, however often it is tried. */
  readonly eventId: string;
  /** How many events have led to this one, each by a message of the one before. */
  readonly hops: number;
  /** How many times it has failed at its receiver. */
  readonly attempts?: number;
  /** Not to be tried before this time, in milliseconds since 1970. */
  readonly after?: number;
}

/** Why a message is dead. */
export interface Death {
  /** The code of the error. */
  readonly code: string;
  /** What the error says. */
  readonly message: string;
  /** When, in milliseconds since 1970. */
  readonly time: number;
}

/** A message that is set aside. */
export interface BuriedMessage extends QueuedMessage {
  readonly death: Death;
}

/** A message as it is stored. */
export interface StoredMessage<Message extends QueuedMessage = QueuedMessage> {
  readonly key: string;
  readonly version: Version;
  readonly message: Message;
}

/**
 * Returns the message that an entry holds. Others can write to a storage too, so it may be anything.
 *
 * @throws {UnreadableEntryError} if it is no message
 */
export function storedMessage(type: string, { key, value, version }: Entry): StoredMessage {
  if (typeof key !== "string" || !isMessage(value)) {
    throw new UnreadableEntryError({ type, key }, "it holds no message; delete it");
  }
  return { key, version, message: own(value) };
}

function isMessage(value: unknown): value is QueuedMessage {
  const { type, id, event, eventId, epoch, n, hops, sender, attempts, after } = own(
    Object(value) as Partial<QueuedMessage>,
  );
  const from = own(Object(sender) as Partial<Address>);
  const texts = [type, id, event, from.type, from.id, eventId, epoch];
  return texts.every((text) => typeof text === "string" && isName(text)) &&
    [n, hops].every(isCount) &&
    [attempts, after].every((count) => count === undefined || isCount(count));
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
