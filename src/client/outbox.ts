import { addressKey } from "../processor/address.ts";
import type { ErrorPatch, Message } from "../processor/message.ts";
import { own } from "../shared/own.ts";
import { attempt } from "./attempt.ts";
import { refusalOf } from "./refusal.ts";
import type { Answer, RefusedAnswer, Transport } from "./transport.ts";
import { waitAfter, type WaitOptions } from "./wait-after.ts";

const mostWaiting = 100;
// In milliseconds. A deploy is over by then, and a person has noticed.
const longestRepeat = 300_000;
const shownAfter = 2_000;

/** Options of {@link Outbox}. */
export interface OutboxOptions extends WaitOptions {
  readonly transport: Transport;
}

/**
 * Sends messages in order, one at a time for each instance, until each is answered. A message that is sent again
 * keeps its event id, so the server applies it once. The number of waiting events is bounded; mounts do not count:
 * a page has at most one for each instance.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #last = new Map<string, Promise<Answer>>();
  #waiting = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /**
   * Sends a message and resolves with the server's answer; never rejects. A message that does not get through is sent
   * again for five minutes, and `delayed` hears why whenever that takes longer than two seconds.
   */
  async push(given: Message, delayed: (error: ErrorPatch) => void): Promise<Answer> {
    const message = copyOf(given);
    if (!message) return refusal(given, "invalid-payload", "its payload is not JSON");
    const counts = message.event === "mount" ? 0 : 1;
    if (this.#waiting + counts > mostWaiting) {
      return refusal(
        message,
        "outbox-full",
        `${mostWaiting} events are waiting for the connection; try again when it is back`,
      );
    }
    const key = addressKey({ type: message.type, id: message.instance });
    const before = Promise.resolve(this.#last.get(key));
    this.#waiting += counts;
    const since = this.#options.clock.now();
    const answer = before.then(() => this.#deliver(message, since, delayed));
    this.#last.set(key, answer);
    try {
      return await answer;
    } finally {
      this.#waiting -= counts;
      if (this.#last.get(key) === answer) this.#last.delete(key);
    }
  }

  async #deliver(
    message: Message,
    since: number,
    delayed: (error: ErrorPatch) => void,
  ): Promise<Answer> {
    const { clock, signal, transport } = this.#options;
    for (let failures = 1; !signal.aborted; failures++) {
      const answer = await attempt((limit) => transport.send(message, limit), this.#options);
      if (signal.aborted) break;
      if (answer?.ok || (answer && own(answer).retryAfter === undefined)) return answer;
      const { error, retryAfter = 0 } = own(
        answer ?? refusal(message, "unreachable", "the server does not answer"),
      );
      const passed = clock.now() - since;
      if (passed > longestRepeat) return { ok: false, error };
      if (passed + retryAfter > shownAfter) delayed(error);
      await waitAfter(failures, this.#options, retryAfter);
    }
    return refusal(message, "closed", "the connection is closed; connect again");
  }
}

/** Copies a message, so it is the same each time that it is sent, whatever becomes of its payload. */
function copyOf(message: Message): Message | undefined {
  try {
    return JSON.parse(JSON.stringify(message));
  } catch {
    return undefined;
  }
}

function refusal(message: Message, code: string, why: string): RefusedAnswer {
  return { ok: false, error: refusalOf(message, code, `Cannot send ${message.event}: ${why}`) };
}
