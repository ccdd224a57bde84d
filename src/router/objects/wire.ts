/**
 * What a Worker and the object of an instance say to each other. A request to an object has only the headers that the
 * platform adds to a request made in a Worker, and one of these: those from outside have others.
 *
 * @module
 */
import { type Address, addressKey } from "../../processor/address.ts";
import type { Have } from "../../processor/have.ts";
import type { ParsedMessage } from "../../processor/parse-message.ts";
import type { DeadOptions } from "../../processor/send/dead-messages.ts";
import type { ImportOptions } from "../../processor/transfer/import-instances.ts";

/** The header that says what is asked, and that a Worker asks it. */
export const callHeader = "nasc-object";
/** The value of the header of a request with a body: the version of this wire. */
export const wireVersion = "1";
/** The names of the headers that a request to an object may have. */
export const admitted: readonly string[] = [
  callHeader,
  "content-length",
  "content-type",
  "upgrade",
];
/** How many characters the header of a viewer may have: a hibernating socket keeps 16,384 bytes with it. */
export const maxViewerLength = 16_000;

/** The status of the answer of an object. */
export const status = {
  /** The answer to the message, or what is seen. */
  ok: 200,
  /** A WebSocket that brings the news. */
  followed: 101,
  /** There is no instance, and whether there may be one has to be asked. */
  absent: 404,
  /** The message was refused, or has failed. */
  failed: 422,
  /** An instance that was to be imported is there already. */
  conflict: 409,
  /** Something else than a Worker's router has asked. */
  forbidden: 403,
} as const;

/** Whether a request may create its instance: not known yet, yes, or no. */
export type Creation = "ask" | "allowed" | "refused";

/** The paths of what an object can be asked. */
export type CallName = "event" | "read" | "follow" | "import" | "export" | "deliver" | "queue";

/** Returns the name of the object of an instance. */
export function objectName(address: Address): string {
  return addressKey(address);
}

/** What every call says. */
export interface Call {
  readonly address: Address;
  /** Who asks, as plain JSON. */
  readonly user?: unknown;
  /** The key of the user. */
  readonly userKey: string;
  readonly creation: Creation;
}

/** Returns what a call says that is made for nobody. */
export function ownCall(address: Address): Call {
  return { address, userKey: "-", creation: "refused" };
}

/** A message for an object. */
export interface EventCall extends Call {
  readonly message: Omit<ParsedMessage, "type" | "id">;
  /** The payload of a message of the server that JSON does not hold, as a line in which its values keep their types. */
  readonly payload?: string;
  /** Whether it comes from the server, which may send what pages may not. */
  readonly isInternal?: true;
}

/** A viewer of an instance, which is kept with their socket. */
export interface ViewerCall extends Call {
  /** The token of the page's stream. */
  readonly token: string;
  readonly protocol: 1 | 2;
  /** Whether they look once, and do not look on. */
  readonly isPoll?: boolean;
  /** When the stream has ended at the latest, in milliseconds since 1970; absent for one that does not end. */
  readonly until?: number;
  readonly have?: Have;
}

/** Lines of an instance that the object is to take over. */
export interface ImportCall extends Call {
  readonly lines: readonly string[];
  readonly options: ImportOptions;
  /** Whether they are messages that the instance has sent. */
  readonly isSent?: true;
}

/** What another instance has sent, in order. */
export interface DeliverCall extends Call {
  /** The messages, as lines in which their payloads keep their types. */
  readonly messages: readonly string[];
}

/** What is asked of the send queue of an object. */
export interface QueueCall extends Call {
  readonly ask:
    | { readonly what: "dead"; readonly options: DeadOptions }
    | { readonly what: "resend" | "discard"; readonly key: string };
}

/** What a Worker says over the socket of a viewer: who looks now. */
export interface ViewerNow {
  readonly user?: unknown;
}
