import type { Clock } from "../shared/clock.ts";
import type { Hub } from "./hub.ts";
import type { OpenOptions } from "./open-instances.ts";
import type { SchemaProvider } from "./schemas.ts";

/** How a processor works. Durations are in milliseconds. */
export interface ProcessorOptions extends OpenOptions {
  /** JSON Schemas by type; a page gets them on mount. */
  readonly schemaProvider?: SchemaProvider;
  /** Is told every committed change. */
  readonly hub?: Hub;
  /** Is told every error that is not meant for people, whole. Default: `console.error`. */
  readonly onError?: (error: unknown, context: EventErrorContext) => void;
  /** How often an event is run when others keep changing its instance first. Default 50. */
  readonly attempts?: number;
  /** For how long an applied `eventId` is remembered. Default: a day. */
  readonly receiptTtl?: number;
  /** Tells time and sets timers; for tests. */
  readonly clock?: Clock;
  /** A number from 0 up to 1; for tests. */
  readonly random?: () => number;
}

/** Which event an error belongs to. */
export interface EventErrorContext {
  /** The sender's idempotency key, or one that was made up; it is in the answer too. */
  readonly eventId: string;
  /** The message's type, where it could be read. */
  readonly type?: string;
  /** The instance, where it could be read. */
  readonly id?: string;
  /** The event, where it could be read. */
  readonly event?: string;
}

/** What the caller knows of the sender and the platform; handlers see it in their context. */
export interface ProcessContext {
  /** Who sent the message. */
  readonly user?: unknown;
  /** The platform's bindings. */
  readonly env?: unknown;
  /** Aborts when the sender has gone. */
  readonly signal?: AbortSignal;
  /** Keeps a Worker alive for work that outlasts the answer. */
  readonly waitUntil?: (work: Promise<unknown>) => void;
}
