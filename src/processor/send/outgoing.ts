import { byteLength } from "../../shared/byte-length.ts";
import { checkOptions } from "../../shared/check-options.ts";
import { describeCount } from "../../shared/describe.ts";
import * as kind from "../../shared/kinds.ts";
import type { Address } from "../address.ts";
import { NascError } from "../errors.ts";
import { assertHarmless } from "../harmless.ts";
import { parseName } from "../parse-message.ts";
import { toWire } from "../to-wire.ts";
import { maxWaiting } from "./room.ts";
import type { SendOptions } from "./send-options.ts";

/** How many events may follow from one, each by a message of the one before. */
export const maxHops = 16;
/** From how many milliseconds on a delay makes an event no consequence of the one before: a clock may tick for ever. */
const leastTick = 1_000;
/** How many bytes a payload may have, as JSON. */
export const maxPayloadBytes = 65_536;
/** How long a message may be put off, in milliseconds: ten years. */
const maxDelay = 10 * 365 * 24 * 60 * 60 * 1_000;

/** What a handler sends to another instance, before it is committed. */
export interface OutgoingMessage extends Address {
  readonly sender: Address;
  readonly event: string;
  readonly payload: unknown;
  readonly hops: number;
  /** In milliseconds. */
  readonly delay: number | undefined;
}

const optionKinds: kind.Kinds<SendOptions> = {
  delay: {
    fits: (value) => typeof value === "number" && value >= 0 && value <= maxDelay,
    cure: `milliseconds, a number from 0 to ${describeCount(maxDelay)}`,
  },
};

/** Collects what the handlers of one attempt send. */
export class Outgoing {
  readonly #hops: number;
  readonly #messages: OutgoingMessage[] = [];
  #refusal: string | undefined;

  /**
   * @param refusal Why nothing can be sent, if that is so.
   * @param hops How many messages have led to the event.
   */
  constructor(refusal: string | undefined, hops: number) {
    this.#refusal = refusal;
    this.#hops = hops;
  }

  /** What was sent, in order. */
  get messages(): readonly OutgoingMessage[] {
    return this.#messages;
  }

  /**
   * Notes a message, and keeps nothing of what it is given.
   *
   * @throws {NascError} if it is one that no instance takes, the last of too many hops, or more than may ever wait
   * @throws {TypeError} if an option is not what it should be
   * @throws {Error} if nothing can be sent any more, or never could
   */
  add(
    sender: Address,
    [type, id, event, payload, options]: readonly [
      type: string,
      id: string,
      event: string,
      payload?: unknown,
      options?: SendOptions,
    ],
  ): void {
    const delay = options === undefined ? undefined : checkedDelay(options);
    const receiver = { type: parseName("type", type), id: parseName("instance", id) };
    const name = `${receiver.type}.${parseName("event", event)} to ${receiver.type}/${receiver.id}`;
    if (this.#refusal) throw new Error(`Cannot send ${name}: ${this.#refusal}`);
    if (this.#messages.length >= maxWaiting) {
      throw new NascError(
        "too-large",
        `${name} would be the ${describeCount(maxWaiting + 1)}th message of one event, and ` +
          `${describeCount(maxWaiting)} messages of an instance may wait; send fewer`,
      );
    }
    const isTick = delay !== undefined && delay >= leastTick;
    if (this.#hops >= maxHops && !isTick) {
      throw new NascError(
        "too-many-hops",
        `${name} would be the ${
          maxHops + 1
        }th of a chain of messages; ${maxHops} may follow from one event`,
      );
    }
    this.#messages.push({
      sender,
      ...receiver,
      event,
      payload: ownPayload(payload, name),
      hops: isTick ? 1 : this.#hops + 1,
      delay,
    });
  }

  /** Refuses any later message. */
  close(refusal: string): void {
    this.#refusal ??= refusal;
  }
}

function checkedDelay(options: SendOptions): number | undefined {
  return checkOptions("send a message", { options }, {
    options: kind.optionsOf(optionKinds),
  }).options.delay;
}

/** Returns a copy of a payload. */
function ownPayload(payload: unknown, name: string): unknown {
  if (payload === undefined) return undefined;
  assertHarmless(payload, {
    code: "invalid-payload",
    message: `The payload of ${name} holds something that no event accepts`,
  });
  const bytes = byteLength(toWire(payload));
  if (bytes > maxPayloadBytes) {
    throw new NascError(
      "too-large",
      `The payload of ${name} is ${describeCount(bytes)} bytes, and a message holds ` +
        `${describeCount(maxPayloadBytes)}`,
    );
  }
  return structuredClone(payload);
}
