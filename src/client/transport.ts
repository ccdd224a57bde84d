import type { Address } from "../processor/address.ts";
import type { AcceptedAnswer, ErrorPatch, Frame, Message } from "../processor/message.ts";

/** What the server answered to one message. */
export type Answer = AcceptedAnswer | RefusedAnswer;

/** The event changed nothing. */
export interface RefusedAnswer {
  /** It was refused. */
  readonly ok: false;
  /** Why, for people and for `na-error`. */
  readonly error: ErrorPatch;
  /** Milliseconds after which the same message may be sent again; absent where that would not help. */
  readonly retryAfter?: number;
}

/** Receives what a stream brings. */
export interface StreamListener {
  /** The whole state of an instance. */
  snapshot(frame: Frame): void;
  /** What changed since the last frame of the instance, or the error that says why it is not followed. */
  message(frame: Frame): void;
  /** The stream of these could not be opened, or broke off; the transport opens it again by itself. */
  lost(addresses: readonly Address[]): void;
  /** The stream of these is about to be opened again, and will begin with snapshots. */
  reopening(addresses: readonly Address[]): void;
}

/** How a page and a server talk. Without `follow`, a page hears of others' changes only when it sends an event. */
export interface Transport {
  /**
   * Sends one message. It rejects when no answer came, and the same message is sent again later.
   *
   * @throws whatever the network throws.
   */
  send(message: Message, signal: AbortSignal): Promise<Answer>;
  /** Follows these instances, each from a snapshot on, until the returned function is called. */
  follow?(addresses: readonly Address[], listener: StreamListener): () => void;
}
