import { own } from "../shared/own.ts";
import type { Address } from "./address.ts";
import { isEpoch, isRev, type Revision } from "./epoch.ts";
import { NascError } from "./errors.ts";
import { protocolVersion } from "./frames.ts";
import { assertHarmless } from "./harmless.ts";
import { isName, maxNameLength, type Message } from "./message.ts";

/** A message whose every part has been checked. Whether its type and event exist is still open. */
export interface ParsedMessage extends Address {
  readonly event: string;
  readonly payload: unknown;
  /** The sender's idempotency key, if it gave one. */
  readonly eventId?: string | undefined;
  /** The protocol that the answer is to follow. */
  readonly protocol?: 1 | 2;
  /** The token of the sender's stream, in protocol 2. */
  readonly stream?: string | undefined;
  /** What the sender showed when the event was made, in protocol 2. */
  readonly made?: Revision | undefined;
  /** What the sender calls the user who made the event, in protocol 2. */
  readonly user?: string | undefined;
}

const harmfulMessage = {
  code: "invalid-message",
  message: "The message holds something that none may hold",
};
const harmfulPayload = {
  code: "invalid-payload",
  message: "The payload holds something that no event accepts",
};

/**
 * Checks a message from outside and returns its parts. Without a type, the instance is written `"Type:id"`, as the
 * first Nasc's client does.
 *
 * @throws {NascError} `invalid-message` or `invalid-payload`
 */
export function parseMessage(message: unknown): ParsedMessage {
  if (typeof message !== "object" || message === null || Array.isArray(message)) {
    throw new NascError("invalid-message", "A message is an object with type, instance and event");
  }
  const parts = own(message as Partial<Message>);
  const { payload, ...rest } = parts;
  assertHarmless(rest, harmfulMessage);
  assertHarmless(payload, harmfulPayload);
  const { type, instance, event, eventId, protocol } = parts;
  if (protocol !== undefined && protocol !== 1 && protocol !== protocolVersion) {
    throw new NascError("invalid-message", "protocol is 1 or 2");
  }
  return {
    ...parseAddress(type, instance),
    event: parseName("event", event),
    payload,
    eventId: eventId === undefined ? undefined : parseEventId(eventId),
    made: undefined,
    user: undefined,
    ...(protocol === protocolVersion && parsePage(parts)),
  };
}

/** Reads what a page of protocol 2 says of itself. */
function parsePage(
  { stream, epoch, rev, user }: Partial<Message>,
): Pick<ParsedMessage, "protocol" | "stream" | "made" | "user"> {
  if (stream !== undefined && !isToken(stream)) {
    throw new NascError("invalid-message", "stream is the token of a stream");
  }
  if (rev !== undefined && !isRev(rev)) {
    throw new NascError("invalid-message", "rev is a revision, an integer from 0");
  }
  if (epoch !== undefined && !isEpoch(epoch)) {
    throw new NascError("invalid-message", "epoch is what an answer or a frame has named");
  }
  if (user !== undefined) parseName("user", user);
  const made = rev === undefined || epoch === undefined ? undefined : { rev, epoch };
  return { protocol: protocolVersion, stream, made, user };
}

function isToken(value: unknown): value is string {
  return typeof value === "string" && /^[\w-]{1,64}$/.test(value);
}

/**
 * Splits `"Type:id"` at its first colon.
 *
 * @throws {NascError} `invalid-message`
 */
export function parseAddressText(text: string): Address {
  const colon = text.indexOf(":");
  if (colon < 1) throw new NascError("invalid-message", "An instance is written Type:id");
  return {
    type: parseName("type", text.slice(0, colon)),
    id: parseName("instance", text.slice(colon + 1)),
  };
}

/**
 * Reads the address of an instance. Without a type, `instance` holds both.
 *
 * @throws {NascError} `invalid-message`
 */
export function parseAddress(type: unknown, instance: unknown): Address {
  const id = parseName("instance", instance);
  return type === undefined ? parseAddressText(id) : { type: parseName("type", type), id };
}

/**
 * Reads a name of a message.
 *
 * @throws {NascError} `invalid-message`
 */
export function parseName(field: string, value: unknown): string {
  if (typeof value !== "string" || value === "" || value.length > maxNameLength) {
    throw new NascError(
      "invalid-message",
      `${field} is a string of 1 to ${maxNameLength} characters`,
    );
  }
  if (!isName(value)) {
    throw new NascError("invalid-message", `${field} holds a character that no name may have`);
  }
  return value;
}

function parseEventId(value: unknown): string {
  if (typeof value === "string" && /^[\w.~:-]{1,128}$/.test(value)) return value;
  throw new NascError(
    "invalid-message",
    "eventId is 1 to 128 characters: letters, digits and . _ ~ : -",
  );
}
