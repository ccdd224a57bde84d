import { addressKey } from "../processor/address.ts";
import type { Message } from "../processor/message.ts";
import { own } from "../shared/own.ts";
import { refusalOf } from "./refusal.ts";
import type { Answer, Transport } from "./transport.ts";
import { waitAfter, type WaitOptions } from "./wait-after.ts";

const mostWaiting = 100;
const longestRequest = 30_000;

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

  /** Sends a message and resolves with the server's answer, however long that takes; never rejects. */
  async push(message: Message): Promise<Answer> {
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
    const answer = before.then(() => this.#deliver(message));
    this.#last.set(key, answer);
    try {
      return await answer;
    } finally {
      this.#waiting -= counts;
      if (this.#last.get(key) === answer) this.#last.delete(key);
    }
  }

  async #deliver(message: Message): Promise<Answer> {
    for (let failures = 1; !this.#options.signal.aborted; failures++) {
      const answer = await this.#attempt(message);
      if (answer && (answer.ok || own(answer).retryAfter === undefined)) return answer;
      await waitAfter(failures, this.#options, answer?.retryAfter);
    }
    return refusal(message, "closed", "the connection is closed; connect again");
  }

  /** Sends a message once, and returns the answer or `undefined` if none came. */
  async #attempt(message: Message): Promise<Answer | undefined> {
    const { clock, signal, transport } = this.#options;
    const limit = new AbortController();
    const timer = clock.setTimeout(() => limit.abort(), longestRequest);
    try {
      return await transport.send(message, AbortSignal.any([signal, limit.signal]));
    } catch {
      return undefined;
    } finally {
      clock.clearTimeout(timer);
    }
  }
}

function refusal(message: Message, code: string, why: string): Answer {
  return { ok: false, error: refusalOf(message, code, `Cannot send ${message.event}: ${why}`) };
}
