/**
 * What travels between a page and a processor.
 *
 * @module
 */

/** An event that a page sends. `type` may be left out where `instance` is `"Type:id"`, as in Nasc's first client. */
export interface Message {
  /** The name of a handler object, such as `"TodoList"`. */
  readonly type: string;
  /** Which instance of it, such as `"my-list"`. */
  readonly instance: string;
  /** One of the handler's events, or `"mount"`. */
  readonly event: string;
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
  readonly action: "schema";
  readonly type: string;
  readonly instance: string;
  readonly schema: unknown;
}

/** One property of an instance, whole. */
export interface BindUpdatePatch {
  readonly action: "bindUpdate";
  readonly type: string;
  readonly instance: string;
  readonly prop: string;
  /** The new value, or `null` where the property was removed. */
  readonly value: unknown;
  readonly removed?: true;
  /** The revision of the instance that this update belongs to. */
  readonly rev: number;
}

/** An event was refused or failed; nothing was changed. */
export interface ErrorPatch {
  readonly action: "error";
  /** A stable code, such as `"unknown-event"`. */
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
  readonly eventId?: string;
  /** What is wrong with each field of the payload. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly instance?: string;
}

/** One change that a page is told of. */
export type Patch = SchemaPatch | BindUpdatePatch | ErrorPatch;
