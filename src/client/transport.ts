import type { Address } from "../processor/address.ts";
import type {
  AcceptedAnswer,
  ErrorFrame,
  InstanceFrame,
  PassingFrame,
} from "../processor/frames.ts";
import type { ErrorPatch, Message } from "../processor/message.ts";

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
  /**
   * Hears that a stream of these instances is about to open, and returns what the page holds of each, in the same
   * order: `<epoch>.<rev>.<tag>`, or `""`. The first frame of an instance leads on from that, or is a snapshot.
   */
  opening(addresses: readonly Address[]): readonly string[];
  /**
   * Hears the token of the stream of these instances, by which messages name it, and for how many milliseconds the
   * server remembers an event that it has applied; a day, if that is left out.
   */
  opened(addresses: readonly Address[], token: string, receiptTtl?: number): void;
  /** Receives what has become of an instance, what passes by there, or why it is not followed. */
  frame(frame: InstanceFrame | PassingFrame | ErrorFrame): void;
  /** Hears that the stream of these instances did not open, or broke; the transport opens it again by itself. */
  lost(addresses: readonly Address[]): void;
  /** Hears that the server refuses the stream of these instances; the transport does not open it again. */
  refused(addresses: readonly Address[], error: ErrorPatch): void;
}

/** What follows the instances of one call of {@link Transport.follow}. */
export interface Following {
  /** Opens the stream of an instance again, after a pause if it was open for a short time only. */
  reopen(address: Address): void;
  /** Stops following. */
  close(): void;
}

/** The way between a page and a server. Without `follow`, a page sees others' changes only when it sends an event. */
export interface Transport {
  /**
   * Sends one message. Rejects if no answer came; the same message is then sent again later.
   *
   * @throws the error of the network
   */
  send(message: Message, signal: AbortSignal): Promise<Answer>;
  /** Follows these instances, and no longer by an earlier call. */
  follow?(addresses: readonly Address[], listener: StreamListener): Following;
}
