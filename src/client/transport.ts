import type { ErrorPatch, Message, Patch } from "../processor/message.ts";

/** Which instance a part of a page shows. */
export interface Scope {
  /** The name of a handler object, such as `"TodoList"`. */
  readonly type: string;
  /** Which instance of it, such as `"my-list"`. */
  readonly instance: string;
}

/** What the server answered to one message. */
export type Answer = AcceptedAnswer | RefusedAnswer;

/** The event was applied, now or when it was sent before. */
export interface AcceptedAnswer {
  /** It was accepted. */
  readonly ok: true;
  /** The instance's revision after the event. */
  readonly rev: number;
  /** What the event changed; for `mount`, the whole state. */
  readonly patches: readonly Patch[];
}

/** The event changed nothing. */
export interface RefusedAnswer {
  /** It was refused. */
  readonly ok: false;
  /** Why, for people and for `na-error`. */
  readonly error: ErrorPatch;
  /** Milliseconds after which the same message may be sent again; absent where that would not help. */
  readonly retryAfter?: number;
}

/** Receives what a stream brings. Each call is about one instance. */
export interface StreamListener {
  /** The whole state of an instance. */
  snapshot(patches: readonly Patch[]): void;
  /** What changed with one revision of an instance. */
  message(patches: readonly Patch[]): void;
  /** The stream could not be opened, or broke off; the transport opens it again by itself. */
  lost(): void;
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
  follow?(scopes: readonly Scope[], listener: StreamListener): () => void;
}
