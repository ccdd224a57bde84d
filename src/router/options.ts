import type { Context, Env } from "hono";
import type {
  EventErrorContext,
  Handlers,
  Hub,
  InstanceStore,
  SchemaProvider,
} from "../processor/mod.ts";
import type { Clock } from "../shared/clock.ts";

/** What a request wants to reach. */
export interface Access {
  /** The name of a handler object. */
  readonly type: string;
  /** The instance; `undefined` where only the type's schema is asked for. */
  readonly id: string | undefined;
  /** An event, `"mount"` for opening a stream, or `"schema"`. */
  readonly event: string;
}

/** What {@link nasc} is made of. Durations are in milliseconds, sizes in bytes. */
export interface NascOptions<E extends Env = Env> {
  /** What can happen, by type. */
  readonly handlers: Handlers;
  /** Where the instances are; a function of the Hono context where bindings come with the request. */
  readonly store: InstanceStore | ((context: Context<E>) => InstanceStore);
  /** JSON Schemas by type. */
  readonly schemaProvider?: SchemaProvider;
  /** Whether this request may do this; on every event, stream and schema. Default: yes. */
  readonly authorize?: (context: Context<E>, access: Access) => boolean | Promise<boolean>;
  /** Who is asking, or a promise of it; handlers find it as `context.user`. */
  readonly user?: (context: Context<E>) => unknown;
  /**
   * Origins besides the request's own that pages may come from, such as `"https://app.example"`; they are
   * answered with CORS headers.
   */
  readonly origins?: readonly string[];
  /** The largest request body. Default 262,144. */
  readonly maxBodyBytes?: number;
  /**
   * How often a stream gives a sign of life, and looks into the store for changes that were made out of the
   * hub's hearing, such as in another isolate. Default 15,000.
   */
  readonly heartbeat?: number;
  /** Carries changes to the streams. Default: one for this process. */
  readonly hub?: Hub;
  /** For how long an applied `eventId` is remembered. Default: a day. */
  readonly receiptTtl?: number;
  /** Accepts a store without compare-and-set, such as Workers KV. */
  readonly lastWriteWins?: boolean;
  /** Is told every error that the sender is not, whole. Default: `console.error`. */
  readonly onError?: (error: unknown, context: EventErrorContext) => void;
  /** Tells time and sets timers; for tests. */
  readonly clock?: Clock;
}
