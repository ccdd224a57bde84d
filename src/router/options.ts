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
  /**
   * An event, `"mount"` to open a stream, `"create"` for an instance that this would bring into being, or `"schema"`.
   */
  readonly event: string;
}

/** What `authorize` returns: `true` to allow, `false` to refuse, or a Response that refuses; or a promise of it. */
export type Authorization = boolean | Response | Promise<boolean | Response>;

/** What a request demands of the server, for `limit`. */
export interface Demand {
  /** An event (or a mount by one), a stream, or an instance that either would bring into being. */
  readonly kind: "event" | "stream" | "create";
  /** How many of them: for a stream, the instances that it follows; otherwise 1. */
  readonly count: number;
  /** The type of the instance, of a stream's first one; empty for a stream that names none when it opens. */
  readonly type: string;
  /** The id of the instance, of a stream's first one, or empty. */
  readonly id: string;
  /** Who asks, as `user` returned it. */
  readonly user: unknown;
}

/** What `limit` returns: `true`, or after how many milliseconds the same demand may be met. */
export type LimitAnswer = true | {
  /** In milliseconds. */
  readonly retryAfter: number;
};

/** Options of {@link createNasc}. Durations are in milliseconds, sizes in bytes. */
export interface NascOptions<E extends Env = Env> {
  /** The handlers, by type. */
  readonly handlers: Handlers;
  /** Where the instances are; a function of the Hono context if bindings come with the request. */
  readonly store: InstanceStore | ((context: Context<E>) => InstanceStore);
  /** JSON Schemas by type. */
  readonly schemaProvider?: SchemaProvider;
  /**
   * Returns who is asking, or a promise of it; asked once a request, and again while its stream is open. Handlers find it
   * as `context.user`. A Response that it returns or throws, or an `HTTPException`, is the answer.
   */
  readonly user?: (context: Context<E>) => unknown;
  /**
   * Returns a name of a user that is the same at each request, such as the id of an account, or `undefined` for nobody.
   * An `eventId` belongs to one user by it. Default: a text or a number as it is, or else the `id` or `sub` of the user.
   */
  readonly identify?: (user: unknown) => string | undefined;
  /**
   * Returns whether a request may do this; asked for every event, every instance of a stream, again and again while that
   * is open, every instance that would come into being, and every schema. Only `true` allows it; `false` is a 403; a
   * Response that it returns, or an `HTTPException` that it throws, is the answer. `"everyone"` allows all. So does no
   * `authorize`, with a warning.
   */
  readonly authorize?: "everyone" | ((context: Context<E>, access: Access) => Authorization);
  /**
   * Returns whether this is not too much; asked before `authorize` for every event and every stream, and after it for
   * every instance that would come into being. {@link tokenBucket} is one. Otherwise the answer is a 429. Default: no
   * limit.
   */
  readonly limit?: (context: Context<E>, demand: Demand) => LimitAnswer | Promise<LimitAnswer>;
  /**
   * The hosts that requests may be for, such as `"app.example"` or `"localhost:8787"`, each as the `Host` header has
   * it; pages on these hosts are the app's own. A request for any other is a 421. `"any"` accepts all. So do no
   * `hosts`, with a warning.
   */
  readonly hosts?: "any" | readonly string[];
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
  /**
   * How often an open stream asks `user` and `authorize` again, for every instance that it follows. A check that has
   * not ended when the next one is due ends the stream. Default 60,000; `Infinity` is never.
   */
  readonly reauthorize?: number;
  /**
   * How long a stream lasts, give or take a tenth, before its page opens another. Default 3,600,000; `Infinity` is
   * forever.
   */
  readonly maxStreamAge?: number;
  /** Carries changes to the streams. Default: one for this process. */
  readonly hub?: Hub;
  /** Accepts a store without compare-and-set, such as Workers KV. */
  readonly lastWriteWins?: boolean;
  /** How long an applied `eventId` is remembered. Default: a day. */
  readonly receiptTtl?: number;
  /** How long a call of the store may take, before its event is answered as `unavailable` (503). Default 5,000. */
  readonly storageTimeout?: number;
  /**
   * How long the handlers of an event may take, from the first call on and all attempts together, before the event is
   * answered as `timeout` (503); `Infinity` is forever. Default 10,000.
   */
  readonly handlerTimeout?: number;
  /** Receives, in full, every error not already sent to the caller. Default: `console.error`. */
  readonly onError?: (error: unknown, context: EventErrorContext) => void;
  /** Tells the time and sets timers; for tests. */
  readonly clock?: Clock;
  /** Returns a number from 0 to below 1; for tests. */
  readonly random?: () => number;
}
