import type { Address } from "../processor/address.ts";
import type { AcceptedAnswer, ErrorPatch, Frame, Message } from "../processor/message.ts";

/** The answer of the server to one message. */
export type Answer = AcceptedAnswer | RefusedAnswer;

/** The answer to a message that was refused, and changed nothing. */
export interface RefusedAnswer {
  /** Tells the kinds of answers apart. */
  readonly ok: false;
  /** The reason, for people and for `na-error`. */
  readonly error: ErrorPatch;
  /** Milliseconds after which the same message is sent again, at most a minute; absent if that would not help. */
  readonly retryAfter?: number;
}

/** Receives the frames of streams, and hears of their breaks. */
export interface StreamListener {
  /** Receives the whole state of an instance. */
  snapshot(frame: Frame): void;
  /** Receives what changed since the last frame of an instance, or the error that says why it is not followed. */
  message(frame: Frame): void;
  /** Hears that the stream of these instances did not open, or broke; the transport opens it again by itself. */
  lost(addresses: readonly Address[]): void;
  /** Hears that the server refuses the stream of these instances; the transport does not open it again. */
  refused(addresses: readonly Address[], error: ErrorPatch): void;
  /** Hears that the stream of these instances is about to open again; it begins with snapshots. */
  reopening(addresses: readonly Address[]): void;
}

/** The way between a page and a server. Without `follow`, a page sees others' changes only when it sends an event. */
export interface Transport {
  /**
   * Sends one message. Rejects if no answer came; the same message is then sent again later.
   *
   * @throws the error of the network
   */
  send(message: Message, signal: AbortSignal): Promise<Answer>;
  /** Follows these instances, each from a snapshot on, until the returned function is called. */
  follow?(addresses: readonly Address[], listener: StreamListener): () => void;
}
