import type { Address } from "../address.ts";
import type { ProcessContext } from "../options.ts";
import type { OutgoingMessage } from "./outgoing.ts";
import type { SendQueue } from "./send-queue.ts";

/** Options of {@link Sends}. */
export interface SendsOptions {
  /** What the event's caller knows of the platform. */
  readonly outside: ProcessContext;
  /** Takes work that outlasts the answer. */
  readonly background: (work: Promise<unknown>) => void;
  /** Learns of what is sent, which then waits until somebody drains the queue. */
  readonly hold: ((messages: readonly OutgoingMessage[]) => void) | undefined;
}

/** What becomes of what one event sends. */
export class Sends {
  readonly #queue: SendQueue | string;
  readonly #options: SendsOptions;

  /** @param queue The send queue of the store, or why it has none. */
  constructor(queue: SendQueue | string, options: SendsOptions) {
    this.#queue = queue;
    this.#options = options;
  }

  /** Why nothing can be sent, where that is so. */
  get refusal(): string | undefined {
    return typeof this.#queue === "string" ? this.#queue : undefined;
  }

  /**
   * Refuses messages that are too many.
   *
   * @param hasSent Returns whether an instance has sent anything before.
   * @throws {NascError} `queue-full`
   */
  async assertRoom(
    messages: readonly OutgoingMessage[],
    hasSent: (sender: Address) => Promise<boolean>,
  ): Promise<void> {
    if (typeof this.#queue !== "string") await this.#queue.assertRoom(messages, hasSent);
  }

  /** Begins to deliver what was committed. */
  sent(messages: readonly OutgoingMessage[]): void {
    this.#options.hold?.(messages);
    this.#begin((queue, outside) => queue.sent(messages, outside));
  }

  /** Begins to deliver what an instance has sent before. */
  resume(sender: Address): void {
    this.#begin((queue, outside) => queue.resume(sender, outside));
  }

  #begin(deliver: (queue: SendQueue, outside: ProcessContext) => Promise<void>): void {
    const { outside, background, hold } = this.#options;
    if (typeof this.#queue !== "string" && !hold) background(deliver(this.#queue, outside));
  }
}
