/**
 * The wire: what travels between a page and a processor, and how much of it a request may hold.
 *
 * @module
 */

/** How many messages a request may hold. */
export const maxMessages = 100;
/** How many instances a stream may follow. */
export const maxFollowed = 100;
/** How many characters a type, an id or the name of an event may have. */
export const maxNameLength = 512;

/** Returns whether a message can name this as a type, an id or an event. */
export function isName(text: string): boolean {
  // deno-lint-ignore no-control-regex -- control characters have no place in a name
  return text !== "" && text.length <= maxNameLength && !/[\u0000-\u001f\u007f]/.test(text) &&
    text.isWellFormed();
}

/** What a page sends. `type` may be omitted if `instance` is `"Type:id"`, as the first Nasc's client writes it. */
export interface Message {
  /** The name of a handler object, such as `"TodoList"`. */
  readonly type: string;
  /** The instance's id within its type, such as `"my-list"`. */
  readonly instance: string;
  /** One of the handler's events, or `"mount"`. */
  readonly event: string;
  /** The event's payload: JSON. Without one, the handler gets `{}`, or the default of its parameter. */
  readonly payload?: unknown;
  /** The idempotency key of this event. Answers and logs repeat it. */
  readonly eventId?: string;
  /** The page that sent it; the first Nasc's client also opens its stream by it. It identifies no user. */
  readonly clientId?: string;
  /** The version of the protocol that the answer is to have: 1 unless it says 2. */
  readonly protocol?: 1 | 2;
  /** The token of the stream that the page follows, as its `hello` named it. */
  readonly stream?: string;
  /** The epoch that the page had when the event was made, the same at each retry. */
  readonly epoch?: string;
  /** The revision that the page had when the event was made, the same at each retry. */
  readonly rev?: number;
  /** What `identify` returns of the user who made it, in protocol 2. Sent by anybody else, it is refused. */
  readonly user?: string;
}

/** The JSON Schema of a type, sent on mount so a page can check its bindings. */
export interface SchemaPatch {
  /** Tells the kinds of patches apart. */
  readonly action: "schema";
  /** The type that the schema describes: the instance's, or one that its schema refers to. */
  readonly type: string;
  /** The instance that was mounted. */
  readonly instance: string;
  /** The JSON Schema. */
  readonly schema: unknown;
}

/** The whole value of one property of an instance. */
export interface BindUpdatePatch {
  /** Tells the kinds of patches apart. */
  readonly action: "bindUpdate";
  /** The instance's type. */
  readonly type: string;
  /** The instance's id. */
  readonly instance: string;
  /** The property's name. */
  readonly prop: string;
  /** The new value, or `null` if the property was removed. */
  readonly value: unknown;
  /** Set if the property was removed. */
  readonly removed?: true;
  /** The revision of the instance that this update belongs to. */
  readonly rev: number;
}

/** The report of a message that was refused or failed. */
export interface ErrorPatch {
  /** Tells the kinds of patches apart. */
  readonly action: "error";
  /** A stable code, such as `"unknown-event"`. */
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
  /** The id to look for in the log. */
  readonly eventId?: string;
  /** What is wrong with each field of the payload. */
  readonly fields?: Readonly<Record<string, string>>;
  /** The type that the message named. */
  readonly type?: string;
  /** The instance that the message named. */
  readonly instance?: string;
}

/** What a page receives: a schema, the new value of a property, or an error. */
export type Patch = SchemaPatch | BindUpdatePatch | ErrorPatch;

/** A stream's news of one instance: its whole state, or what changed since the previous frame. */
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
