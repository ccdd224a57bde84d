import type { EventEnd } from "../processor/event-report.ts";
import type { InstanceFrame } from "../processor/frames.ts";
import type { ErrorPatch } from "../processor/message.ts";
import type { Operation } from "../processor/operations/operation.ts";
import type { Key } from "../shared/key.ts";

/** What an event has made of a store's entry. */
export type Persisted = PersistedPut | PersistedDelete;

/** An entry that was written. */
export interface PersistedPut {
  /** The entry's type. */
  readonly type: string;
  /** What it is stored under: the id of an instance. */
  readonly key: Key;
  /** What is stored: the state of an instance. */
  readonly value: unknown;
  /** What an adapter stores beside the state, such as the revision and the receipts. */
  readonly metadata?: unknown;
  /** After how many milliseconds the entry is gone. */
  readonly ttl?: number;
}

/** An entry that was deleted. */
export interface PersistedDelete {
  /** The entry's type. */
  readonly type: string;
  /** What it was stored under. */
  readonly key: Key;
  /** Tells it from an entry that was written. */
  readonly delete: true;
}

/** Why an event was refused, or has failed: what its sender is told, and the reason itself. */
export interface SentError extends ErrorPatch {
  /** What was thrown. No sender gets it. */
  readonly cause: unknown;
}

/** A message that an event has sent to an instance by `context.send`. */
export interface SentMessage {
  /** The receiver's type. */
  readonly type: string;
  /** The receiver's id. */
  readonly id: string;
  /** The event that is to run there. */
  readonly event: string;
  /** What it gets. */
  readonly payload: unknown;
  /** How many milliseconds it waits, if it does. */
  readonly delay?: number;
}

/** What became of an event that a test has sent. All of it is the test's own to change. */
export interface Sent<State = object, User = unknown> {
  /** The event's id. */
  readonly eventId: string;
  /** How it ended. */
  readonly outcome: EventEnd;
  /** The state afterwards, whoever may see it; `undefined` if there is none. */
  readonly state: State | undefined;
  /** The revision afterwards; 0 if it was refused or has failed. */
  readonly rev: number;
  /** The properties that the event has changed, each with its new value; a removed one is `undefined`. */
  readonly diff: Partial<State>;
  /**
   * The operations (RFC 6902) that lead from the state before to the state afterwards. Their one path is empty where the
   * state is new (`add`), was deleted (`remove`), or is shorter than what leads to it (`replace`).
   */
  readonly ops: readonly Operation[];
  /** The frames of protocol 2 that the sender is answered with. */
  readonly frames: readonly InstanceFrame[];
  /** What the event has sent to other instances by `context.send`, in order. `drain` delivers it. */
  readonly sends: readonly SentMessage[];
  /** What the event has said to those who look on by `context.broadcast`, in order. */
  readonly broadcasts: readonly unknown[];
  /** What the store was given to keep: the instances that have changed, and what is kept beside them. */
  readonly writes: readonly Persisted[];
  /** Why the event was refused, or has failed. */
  readonly error: SentError | undefined;
  /**
   * Returns the frames that the open page of a user gets, if it shows all instances that the event has changed; none of
   * those in which that user sees no difference.
   */
  told(user: User): readonly InstanceFrame[];
}
