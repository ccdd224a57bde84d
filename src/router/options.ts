import type { Context, Env } from "hono";
import type {
  EventErrorContext,
  Handlers,
  Hub,
  InstanceStore,
  SchemaProvider,
} from "../processor/mod.ts";
import type { Clock } from "../shared/clock.ts";

/** What a request wants to do. */
export interface Access {
  /** The name of a handler object. */
  readonly type: string;
  /** The instance's id; `undefined` if only the type's schema is asked for. */
  readonly id: string | undefined;
  /** An event, `"mount"` to open a stream, or `"schema"`. */
  readonly event: string;
}

/** Options of {@link createNasc}. Durations are in milliseconds, sizes in bytes. */
export interface NascOptions<E extends Env = Env> {
  /** The handlers, by type. */
  readonly handlers: Handlers;
  /** Where the instances are; a function of the Hono context if bindings come with the request. */
  readonly store: InstanceStore | ((context: Context<E>) => InstanceStore);
  /** JSON Schemas by type. */
  readonly schemaProvider?: SchemaProvider;
  /** Returns whether a request may do this; asked for every event, stream and schema. Default: yes. */
  readonly authorize?: (context: Context<E>, access: Access) => boolean | Promise<boolean>;
  /** Returns who is asking, or a promise of it. Handlers find it as `context.user`. */
  readonly user?: (context: Context<E>) => unknown;
  /**
   * Origins besides the request's own that pages may come from, such as `"https://app.example"`. Responses to them
   * have CORS headers.
   */
  readonly origins?: readonly string[];
  /** The largest request body. Default 262,144. */
  readonly maxBodyBytes?: number;
  /**
   * How often a stream sends a sign of life, and looks into the store for changes that the hub did not carry, such as
   * those made in another isolate. Default 15,000.
   */
  readonly heartbeat?: number;
  /** Carries changes to the streams. Default: one for this process. */
  readonly hub?: Hub;
  /** How long an applied `eventId` is remembered. Default: a day. */
  readonly receiptTtl?: number;
  /** How long a call of the store may take, before its event is answered as `unavailable` (503). Default 5,000. */
  readonly storageTimeout?: number;
  /**
   * How long the handlers of an event may take, from the first call on and all attempts together, before the event is
   * answered as `timeout` (503); `Infinity` is forever. Default 10,000.
   */
  readonly handlerTimeout?: number;
  /** Accepts a store without compare-and-set, such as Workers KV. */
  readonly lastWriteWins?: boolean;
  /** Receives, in full, every error not already sent to the caller. Default: `console.error`. */
  readonly onError?: (error: unknown, context: EventErrorContext) => void;
  /** Tells the time and sets timers; for tests. */
  readonly clock?: Clock;
}
