/**
 * What travels between a page and a processor, and how much of it a request may hold.
 *
 * @module
 */

/** How many messages a request may hold. */
export const maxMessages = 100;
/** How many instances a stream may follow. */
export const maxScopes = 100;
/** How many characters a type, an id or the name of an event may have. */
export const maxNameLength = 512;

/** An event that a page sends. `type` may be left out where `instance` is `"Type:id"`, as in Nasc's first client. */
export interface Message {
  /** The name of a handler object, such as `"TodoList"`. */
  readonly type: string;
  /** Which instance of it, such as `"my-list"`. */
  readonly instance: string;
  /** One of the handler's events, or `"mount"`. */
  readonly event: string;
  /** What the event is given: JSON. */
  readonly payload?: unknown;
  /** The idempotency key of this event; it is echoed in answers and logs. */
  readonly eventId?: string;
  /** Which page sent it. It identifies nobody and opens nothing. */
  readonly clientId?: string;
  /** The revision that the page had when it sent the event. */
  readonly rev?: number;
}

/** The JSON Schema of a type, sent on mount so that a page can check its bindings. */
export interface SchemaPatch {
  /** Tells the kinds of patches apart. */
  readonly action: "schema";
  /** The type that the schema describes: the instance's, or one that it refers to. */
  readonly type: string;
  /** The instance that was mounted. */
  readonly instance: string;
  /** The JSON Schema. */
  readonly schema: unknown;
}

/** One property of an instance, whole. */
export interface BindUpdatePatch {
  /** Tells the kinds of patches apart. */
  readonly action: "bindUpdate";
  /** The instance's type. */
  readonly type: string;
  /** The instance's id. */
  readonly instance: string;
  /** The property's name. */
  readonly prop: string;
  /** The new value, or `null` where the property was removed. */
  readonly value: unknown;
  /** Set where the property was removed. */
  readonly removed?: true;
  /** The revision of the instance that this update belongs to. */
  readonly rev: number;
}

/** An event was refused or failed; nothing was changed. */
export interface ErrorPatch {
  /** Tells the kinds of patches apart. */
  readonly action: "error";
  /** A stable code, such as `"unknown-event"`. */
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
  /** What to look for in the log. */
  readonly eventId?: string;
  /** What is wrong with each field of the payload. */
  readonly fields?: Readonly<Record<string, string>>;
  /** The type that the event was sent to. */
  readonly type?: string;
  /** The instance that the event was sent to. */
  readonly instance?: string;
}

/** One change that a page is told of. */
export type Patch = SchemaPatch | BindUpdatePatch | ErrorPatch;

/** What a stream says of one instance: its whole state, or what changed since the frame before. */
export interface Frame {
  /** The instance's type. */
  readonly type: string;
  /** The instance's id. */
  readonly instance: string;
  /** The instance's revision after the patches. */
  readonly rev: number;
  /** The patches of this instance. */
  readonly patches: readonly Patch[];
}

/** The answer to a message that was applied, now or when it was sent before. */
export interface AcceptedAnswer {
  /** Tells the kinds of answers apart. */
  readonly ok: true;
  /** The instance's revision after the event. */
  readonly rev: number;
  /** What the event changed; for `mount`, the whole state. */
  readonly patches: readonly Patch[];
}
