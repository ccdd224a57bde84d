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

/** What a stream tells of one instance at a time. */
export interface Frame extends Scope {
  /** The instance's revision after the patches. */
  readonly rev: number;
  /** The whole state, or what changed since the frame before; patches of other instances are left out. */
  readonly patches: readonly Patch[];
}

/** Receives what a stream brings. */
export interface StreamListener {
  /** The whole state of an instance. */
  snapshot(frame: Frame): void;
  /** What changed since the last frame of the instance, or the error that says why it is not followed. */
  message(frame: Frame): void;
  /** The stream of these could not be opened, or broke off; the transport opens it again by itself. */
  lost(scopes: readonly Scope[]): void;
  /** The stream of these is about to be opened again, and will begin with snapshots. */
  reopening(scopes: readonly Scope[]): void;
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
