/**
 * Protocol 2: what a server says to a page, one JSON object a frame. Streams and answers share the frames of instances.
 *
 * @module
 */
import type { Operation } from "./operations/operation.ts";

/** The version of what a page and its server say to each other here. */
export const protocolVersion = 2;
/** How many ids of events a patch names at most. */
export const maxNamedEvents = 32;

/** The whole state of an instance, as this viewer sees it. */
export interface SnapshotFrame {
  /** Tells the kinds of frames apart. */
  readonly action: "snapshot";
  /** The instance's type. */
  readonly type: string;
  /** The instance's id. */
  readonly instance: string;
  /** The instance's revision. */
  readonly rev: number;
  /** Which creation of the instance this is; revisions compare only within one. */
  readonly epoch: string;
  /** The state. */
  readonly state: Readonly<Record<string, unknown>>;
}

/** What leads from one revision of an instance to another, for this viewer. */
export interface PatchFrame {
  /** Tells the kinds of frames apart. */
  readonly action: "patch";
  /** The instance's type. */
  readonly type: string;
  /** The instance's id. */
  readonly instance: string;
  /** The revision that the operations lead to. */
  readonly rev: number;
  /** The revision that they lead on from; left out where it is `rev - 1`. */
  readonly base?: number;
  /** JSON Patch (RFC 6902); empty where this viewer sees no difference. */
  readonly ops: readonly Operation[];
  /** The ids of the page's own events that the patch contains; only on the stream of the page that sent them. */
  readonly eventIds?: readonly string[];
}

/** Nothing of the instance is shown any longer: it may not be seen, or was deleted. */
export interface GoneFrame {
  /** Tells the kinds of frames apart. */
  readonly action: "gone";
  /** The instance's type. */
  readonly type: string;
  /** The instance's id. */
  readonly instance: string;
  /** `"forbidden"`, `"deleted"`, or `"internal"` where the view of the instance failed. */
  readonly code: string;
}

/** A frame of an instance's state. */
export type InstanceFrame = SnapshotFrame | PatchFrame | GoneFrame;

/** Why an instance is not followed. */
export interface ErrorFrame {
  /** Tells the kinds of frames apart. */
  readonly action: "error";
  /** The instance's type. */
  readonly type: string;
  /** The instance's id. */
  readonly instance: string;
  /** A stable code, such as `"forbidden"`. */
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
  /** The id to look for in the log. */
  readonly eventId?: string;
  /** After how many milliseconds it may be followed, where a limit says so. */
  readonly retryAfter?: number;
}

/** What others may see of those who look at the instance. */
export interface ViewersFrame {
  /** Tells the kinds of frames apart. */
  readonly action: "viewers";
  /** The instance's type. */
  readonly type: string;
  /** The instance's id. */
  readonly instance: string;
  /** What the option `presence` says of each: at most 100, in the order in which they came. */
  readonly viewers: readonly Readonly<Record<string, unknown>>[];
}

/** What a handler has to say to those who look at the instance now. It is stored nowhere. */
export interface BroadcastFrame {
  /** Tells the kinds of frames apart. */
  readonly action: "broadcast";
  /** The instance's type. */
  readonly type: string;
  /** The instance's id. */
  readonly instance: string;
  /** What was passed to `context.broadcast`. */
  readonly payload: unknown;
}

/** A frame that a page may miss. */
export type PassingFrame = ViewersFrame | BroadcastFrame;

/** On a socket: the page has let the instance go, and what comes of it from here on belongs to its next opening. */
export interface ClosedFrame {
  /** Tells the kinds of frames apart. */
  readonly action: "closed";
  /** The instance's type. */
  readonly type: string;
  /** The instance's id. */
  readonly instance: string;
}

/** The first frame of a stream. */
export interface HelloFrame {
  /** Tells the kinds of frames apart. */
  readonly action: "hello";
  /** How many milliseconds the stream may be silent. */
  readonly heartbeat: number;
  /** The version of the protocol. */
  readonly protocol: typeof protocolVersion;
  /** The stream's random token, which the page's messages repeat. */
  readonly stream: string;
  /** For how many milliseconds the id of an applied event is remembered. */
  readonly receiptTtl: number;
}

/** A sign of life; or the last frame of a stream, which says whether to open another or that nothing is left to follow. */
export interface SignalFrame {
  /** Tells the kinds of frames apart. */
  readonly action: "beat" | "reopen" | "end";
}

/** One frame of a stream. */
export type Frame =
  | InstanceFrame
  | PassingFrame
  | ErrorFrame
  | ClosedFrame
  | HelloFrame
  | SignalFrame;

/** The answer to a message that was applied, now or when it was sent before. */
export interface AcceptedAnswer {
  /** Tells the kinds of answers apart. */
  readonly ok: true;
  /** The id of the event. */
  readonly eventId: string;
  /** The instance's revision after the event. */
  readonly rev: number;
  /** Which creation of the instance the revision belongs to. */
  readonly epoch: string;
  /** Set where the page's own stream brings what the event has changed; there are no patches then. */
  readonly streamed?: true;
  /** What the event has changed for the sender: one frame; a snapshot for a mount, and for an event that was applied before. */
  readonly patches?: readonly InstanceFrame[];
}
