import { addressKey } from "../processor/address.ts";
import type { ErrorPatch, Message } from "../processor/message.ts";
import { own } from "../shared/own.ts";
import { attempt } from "./attempt.ts";
import { type Keeping, Kept } from "./kept.ts";
import { refusalOf } from "./refusal.ts";
import type { Answer, RefusedAnswer, Transport } from "./transport.ts";
import type { Waiting } from "./waiting.ts";
import { waitAfter, type WaitOptions } from "./wait-after.ts";

const mostWaiting = 100;
/** In characters. */
const longestWaiting = 500_000;
// In milliseconds. A deploy is over by then, and a person has noticed.
const longestRepeat = 300_000;
const shownAfter = 2_000;

/** Options of {@link Outbox}. */
export interface OutboxOptions extends WaitOptions, Keeping {
  readonly transport: Transport;
}

/** What becomes of one message. */
export interface PushOptions {
  /** Hears why the message does not get through whenever that takes longer than two seconds. */
  readonly delayed: (error: ErrorPatch) => void;
  /** Whether nothing of it may be stored. */
  readonly isPrivate?: boolean | undefined;
  /** The name under which an earlier page has stored it. */
  readonly name?: string | undefined;
  /** Until when it may be sent again, if it was sent. */
  readonly until?: number | undefined;
}

/**
 * Sends messages in order, one at a time for each instance, until each is answered. A message that is sent again
 * keeps its event id, so the server applies it once. Events are stored until they are answered, so that they outlive
 * the page. Their number is bounded; mounts do not count: a page has at most one for each instance.
 */
export class Outbox {
  readonly kept: Kept;
  readonly #options: OutboxOptions;
  readonly #last = new Map<string, Promise<Answer>>();

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.kept = new Kept(options);
  }

  /** Sends a message and resolves with the server's answer; never rejects. */
  async push(given: Message, options: PushOptions): Promise<Answer> {
    const { kept } = this;
    const { isPrivate, name, until } = options;
    const text = textOf(given);
    if (!text) return refusal(given, "invalid-payload", "its payload is not JSON");
    // A copy is the same each time that it is sent, whatever becomes of the payload.
    const message: Message = JSON.parse(text);
    const isEvent = message.event !== "mount";
    if (
      isEvent && !name && (kept.count >= mostWaiting || kept.length + text.length > longestWaiting)
    ) {
      return refusal(
        message,
        "outbox-full",
        `${kept.count} events are waiting for the connection; try again when it is back`,
      );
    }
    const entry = {
      ...{ message, text, until },
      name: name ?? (isEvent && !isPrivate ? kept.keep(text) : undefined),
    };
    const since = this.#options.clock.now();
    if (isEvent) kept.add(entry);
    // What an earlier page has left goes first.
    if (isEvent && !name && kept.isOpening) await kept.isOpening;
    const key = addressKey({ type: message.type, id: message.instance });
    const before = Promise.resolve(this.#last.get(key));
    const answer = before.then(() => this.#deliver(entry, since, options));
    this.#last.set(key, answer);
    try {
      return await answer;
    } finally {
      kept.remove(entry);
      if (this.#last.get(key) === answer) this.#last.delete(key);
    }
  }

  async #deliver(
    entry: Waiting,
    since: number,
    { delayed }: PushOptions,
  ): Promise<Answer> {
    const { clock, signal, transport, user } = this.#options;
    const { message } = entry;
    const last = entry.name && user ? Infinity : since + longestRepeat;
    for (let failures = 1; !signal.aborted; failures++) {
      if (!this.kept.isMine(entry)) {
        return refusal(message, "forgotten", "somebody has signed out, or another tab has sent it");
      }
      this.kept.try(entry);
      const answer = await attempt((limit) => transport.send(message, limit), this.#options);
      if (signal.aborted) break;
      if (answer?.ok || (answer && own(answer).retryAfter === undefined)) return answer;
      const { error, retryAfter = 0 } = own(
        answer ?? refusal(message, "unreachable", "the server does not answer"),
      );
      const now = clock.now();
      if (now > last) return { ok: false, error };
      if (now > (entry.until ?? last)) {
        return refusal(
          message,
          "uncertain",
          "it may have been saved or not; check before you repeat it",
        );
      }
      if (now - since + retryAfter > shownAfter) delayed(error);
      await waitAfter(failures, this.#options, retryAfter);
    }
    return refusal(message, "closed", "the connection is closed; connect again");
  }
}

function textOf(message: Message): string | undefined {
  try {
    return JSON.stringify(message);
  } catch {
    return undefined;
  }
}

function refusal(message: Message, code: string, why: string): RefusedAnswer {
  return { ok: false, error: refusalOf(message, code, `Cannot send ${message.event}: ${why}`) };
}
