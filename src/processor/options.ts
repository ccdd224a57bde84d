import type { Clock } from "../shared/clock.ts";
import type { Address } from "./address.ts";
import type { NascError } from "./errors.ts";
import type { EventReport } from "./event-report.ts";
import type { Hub } from "./hub.ts";
import type { OpenOptions } from "./open-instances.ts";
import type { SchemaProvider } from "./schemas.ts";

/** Options of {@link createProcessor}. Durations are in milliseconds. */
export interface ProcessorOptions extends OpenOptions {
  /** JSON Schemas by type, which a page receives on mount. */
  readonly schemaProvider?: SchemaProvider;
  /**
   * Returns the name of a user, the same at each event, such as the id of an account; `undefined` for nobody. By it an
   * `eventId` belongs to one user. Default: a text or a number as it is, or else the `id` or `sub` of the user.
   */
  readonly identify?: (user: unknown) => string | undefined;
  /** Carries every committed change to those that watch. */
  readonly hub?: Hub;
  /** How many times an event is run if others keep changing its instance first. Default 50. */
  readonly attempts?: number;
  /** How long an applied `eventId` is remembered, where the store keeps receipts. Default 86,400,000, a day. */
  readonly receiptTtl?: number;
  /**
   * Whether an adapter keeps what leads back to the latest states of each instance, so that a page that was away gets
   * only what it has missed. `false` is for those whose removed data must not linger. Default `true`.
   */
  readonly history?: boolean;
  /**
   * How long a call of the store may take. After that, an event that was not run yet is answered as `unavailable`, and
   * one whose commit had begun as the receipt then says. Default 5,000.
   */
  readonly storageTimeout?: number;
  /**
   * How long the handlers of an event may take, from the first call on and all attempts together. After that,
   * `context.signal` aborts, the event is answered as `timeout`, nothing of it is committed, and the next event of the
   * instance runs. Default 10,000; `Infinity` is forever.
   */
  readonly handlerTimeout?: number;
  /**
   * Whether each next state is checked against `schemas.state` of its handler, so that a handler's mistake is an error,
   * which `onError` receives, and not a state. Meant for development: the core cannot tell what that is. Default false.
   */
  readonly checkState?: boolean;
  /** Receives, in full, every error not already sent to the caller. Default: `console.error`. */
  readonly onError?: (error: unknown, context: EventErrorContext) => void;
  /**
   * Receives a report of every message once it has ended, be it applied, repeated, refused or failed; also of a mount,
   * which a stream makes too. What it throws goes to `onError` and ends nothing.
   */
  readonly onEvent?: (report: EventReport) => void;
  /** Tells the time and sets timers; for tests. */
  readonly clock?: Clock;
  /** Returns a number from 0 to below 1; for tests. */
  readonly random?: () => number;
}

/** The event that an error belongs to. */
export interface EventErrorContext {
  /** The sender's idempotency key, or a generated one. It is in the answer too. */
  readonly eventId: string;
  /** The message's type, if it could be read. */
  readonly type?: string;
  /** The instance's id, if it could be read. */
  readonly id?: string;
  /** The event's name, if it could be read. */
  readonly event?: string;
}

/** What the caller knows of the sender and the platform. Handlers find it in their context. */
export interface ProcessContext {
  /** The sender of the message. */
  readonly user?: unknown;
  /** The platform's bindings. */
  readonly env?: unknown;
  /** Aborts `context.signal` of the handlers. It ends nothing by itself. */
  readonly signal?: AbortSignal;
  /** Keeps a Worker alive for work that outlasts the answer. */
  readonly waitUntil?: (work: Promise<unknown>) => void;
  /**
   * Returns `true` if the message may create its instance, or the error that refuses it. Asked once a message, and only
   * if the instance does not exist. Where it refuses a mount, the first state is returned and nothing is stored; an
   * event fails with the error. Default: every message may. What a handler updates is its own decision.
   */
  readonly mayCreate?: (address: Address) => true | NascError | Promise<true | NascError>;
  /**
   * Returns whether the sender may see the schema of a type, be it the instance's own or one that it refers to.
   * Default: they may.
   */
  readonly maySeeSchema?: (type: string) => boolean | Promise<boolean>;
}

/** What is known of a sender whose key another process has found out. */
export interface SenderContext extends ProcessContext {
  /** The sender's key. Without one, `identify` says it. */
  readonly userKey?: string;
}
