import type { Context, Env } from "hono";
import type {
  EventErrorContext,
  EventReport,
  Handlers,
  Hub,
  InstanceStore,
  SchemaProvider,
} from "../processor/mod.ts";
import type { Clock } from "../shared/clock.ts";
import type { InstanceNamespace } from "./objects/namespace.ts";
import type { UpgradeWebSocket } from "./socket.ts";

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
  /**
   * Where the instances are; a function of the Hono context if bindings come with the request. Either this or
   * `instances` is needed.
   */
  readonly store?: InstanceStore | ((context: Context<E>) => InstanceStore);
  /**
   * Returns the binding of the Durable Objects that hold one instance each, such as `(c) => c.env.NASC`; their class is
   * made by `nascObject` of `rian/edge`. `receiptTtl`, `history`, `handlerTimeout` and `checkState` are options of that
   * class then, and `onEvent` here reports what no object has heard of.
   */
  readonly instances?: (context: Context<E>) => InstanceNamespace;
  /** JSON Schemas by type. */
  readonly schemaProvider?: SchemaProvider;
  /**
   * Returns who sends a request, such as the user of its session, or a promise of it; `undefined` is nobody. Asked once
   * a request, and again every `reauthorize` while its stream is open. Handlers find it as `context.user`. A Response
   * that it returns or throws, or an `HTTPException` that it throws, refuses the request and is the answer. Default:
   * everybody is nobody.
   */
  readonly user?: (context: Context<E>) => unknown;
  /**
   * Returns the name of what `user` returned, the same at each request, such as the id of an account; `undefined` for
   * nobody. By it an `eventId` belongs to one user, a stream notices that its user has changed, and `hangUp` finds the
   * streams of one. Default: a text or a number as it is, or else the `id` or `sub` of the user.
   */
  readonly identify?: (user: unknown) => string | undefined;
  /**
   * Returns what others may see of a user whose page shows an instance too: plain JSON, at most 1,000 bytes of it, or
   * `undefined` for those who are not listed. With it, `context.viewers()` says who looks on, and pages get the list
   * whenever it changes. By `identify`, a user with several pages is listed once; whom it does not know are listed one
   * by one. With `instances`, it is an option of `nascObject`.
   */
  readonly presence?: (user: unknown) => object | undefined;
  /**
   * Returns whether a request may do this, or a promise of it. Asked before every event; for every instance of a
   * stream, and again every `reauthorize` while that is open; before an instance comes into being; and for every
   * schema. `true` allows it, `false` is a 403. A Response that it returns or throws, or an `HTTPException` that it
   * throws, refuses it and is the answer. Anything else allows nothing and is reported. `"everyone"` allows all. So
   * does no `authorize`, with a warning.
   */
  readonly authorize?: "everyone" | ((context: Context<E>, access: Access) => Authorization);
  /**
   * Returns `true` if this is not too much, or `{ retryAfter }`, in milliseconds: then the answer is a 429. Asked
   * before `authorize` for every event and once for every stream, and after it for every instance that would come into
   * being. {@link tokenBucket} makes one. Default: no limit.
   */
  readonly limit?: (context: Context<E>, demand: Demand) => LimitAnswer | Promise<LimitAnswer>;
  /**
   * The hosts that requests may be for, each as the `Host` header has it, such as `"app.example"` or
   * `"localhost:8787"`; the ports 80 and 443 may be left out. Pages on these hosts are the app's own. A request for any
   * other is a 421, except for `/health`. `"any"` accepts all. So does no `hosts`, with a warning.
   */
  readonly hosts?: "any" | readonly string[];
  /**
   * Origins besides the request's own that pages may come from, such as `"https://app.example"`. Responses to them
   * have CORS headers.
   */
  readonly origins?: readonly string[];
  /**
   * What signs the cookie that leads a refused form without script back to its page, at least 16 characters, the same
   * in every process; for `flash`. Without it, such a page learns only the code of the refusal.
   */
  readonly secret?: string;
  /** The largest request body. Default 262,144. */
  readonly maxBodyBytes?: number;
  /**
   * How often a stream sends a sign of life, and looks into the store for changes that the hub did not carry, such as
   * those made in another isolate. Default 15,000.
   */
  readonly heartbeat?: number;
  /**
   * How often an open stream asks `user`, and `authorize` for every instance that it follows. What is refused by then
   * is shown no longer; the stream ends if its user is another one, if nothing is left to follow, or if a check fails
   * or has not ended when the next one is due. As long may `authorize` take to let a stream show an instance at first.
   * Default 60,000; `Infinity` is never.
   */
  readonly reauthorize?: number;
  /**
   * How long a stream lasts at most, give or take a tenth, so that not all end at once. Its page then opens another.
   * Default 3,600,000; `Infinity` is forever.
   */
  readonly maxStreamAge?: number;
  /**
   * Makes a connection a socket for `GET /ws`: the `upgradeWebSocket` of `@hono/node-server`, `hono/deno` or
   * `hono/bun`. Default: on Workers their own; elsewhere there is no such route (501).
   */
  readonly upgradeWebSocket?: UpgradeWebSocket;
  /** Carries changes to the streams. Default: one for this process. */
  readonly hub?: Hub;
  /** Accepts a store without compare-and-set, such as Workers KV. */
  readonly lastWriteWins?: boolean;
  /** How long an applied `eventId` is remembered, where the store keeps receipts. Default 86,400,000, a day. */
  readonly receiptTtl?: number;
  /**
   * Whether an adapter keeps what leads back to the latest states of each instance, so that a page that was away gets
   * only what it has missed. `false` is for those whose removed data must not linger. Default `true`.
   */
  readonly history?: boolean;
  /**
   * How long a call of the store may take, before its event is answered as `unavailable` (503). Default 5,000;
   * `Infinity` is forever.
   */
  readonly storageTimeout?: number;
  /**
   * How long the handlers of an event may take, from the first call on and all attempts together. After that,
   * `context.signal` aborts, the event is answered as `timeout` (503), nothing of it is committed, and the next event
   * of the instance runs. Default 10,000; `Infinity` is forever.
   */
  readonly handlerTimeout?: number;
  /**
   * Whether each next state is checked against `schemas.state` of its handler, so that a handler's mistake is an error,
   * which `onError` receives, and not a state. Meant for development, such as
   * `process.env.NODE_ENV !== "production"`. Default false.
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
