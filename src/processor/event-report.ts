/**
 * How an event ended: `applied`, with something changed; `unchanged`; `repeated`, so it was applied before; `refused`,
 * for a reason that the sender learns; or `failed`, by a mistake of the application, or a storage that did not answer.
 */
export type EventEnd = "applied" | "unchanged" | "repeated" | "refused" | "failed";

/** What `onEvent` receives of a message, once it has ended. A mount is one as well, also that of a stream. */
export interface EventReport {
  /** The sender's idempotency key, or a generated one. It is in the answer too. */
  readonly eventId: string;
  /** The message's type, if it could be read. */
  readonly type: string | undefined;
  /** The instance's id, if it could be read. */
  readonly id: string | undefined;
  /** The event's name, if it could be read. */
  readonly event: string | undefined;
  /** Who sent it; `undefined` if the router refused it. */
  readonly user: unknown;
  /** The revision of the instance afterwards, unless it was refused or has failed. */
  readonly rev: number | undefined;
  /** How it ended. */
  readonly outcome: EventEnd;
  /** The code of the error, if it was refused or has failed. */
  readonly code: string | undefined;
  /** How many times it was run: 0 if it was refused before. */
  readonly attempts: number;
  /** How many of them lost to another commit. */
  readonly conflicts: number;
  /** How many bytes of patches the sender gets, as JSON. */
  readonly bytes: number;
  /** Where the time went. */
  readonly timings: EventTimings;
}

/** Where the time of an event went, in milliseconds. What is left of the total is the storage's, above all. */
export interface EventTimings {
  /** When it began, in milliseconds since 1970. */
  readonly start: number;
  /** How long it waited for the events of its instance before it. */
  readonly waiting: number;
  /** How long functions of the application ran: its handlers, their schemas and updates. */
  readonly handling: number;
  /** How long it took in all. */
  readonly total: number;
}
