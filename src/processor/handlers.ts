import type { Address } from "./address.ts";
import { NascError } from "./errors.ts";
import { reserved } from "./reserved.ts";
import type { SendOptions } from "./send/send-options.ts";

/** What a handler receives besides payload and state, and how it changes other instances. */
export interface HandlerContext<User = unknown, Env = unknown> {
  /** The type of the instance. */
  readonly type: string;
  /** The instance's id. */
  readonly id: string;
  /** The event's idempotency key. */
  readonly eventId: string;
  /** The sender of the event, as passed to `process`. */
  readonly user: User;
  /** The platform's bindings, as passed to `process`. */
  readonly env: Env;
  /**
   * Aborts when the time of the event is up (`handlerTimeout`) and its handlers are given up, so what they wait for can
   * end too; and when the `signal` passed to `process` does. A sender who leaves makes no difference.
   */
  readonly signal: AbortSignal;
  /**
   * Takes work that outlasts the answer, and keeps a Worker alive for it. A function is called once, after the
   * event was committed. A promise is work already under way; it starts again if the event is retried.
   */
  readonly waitUntil: (work: Promise<unknown> | (() => unknown)) => void;
  /**
   * Changes another instance in the same unit of work: both are committed, or neither is. The function receives
   * a copy of the other's state and returns the next one. If the update fails, so does the event.
   *
   * An update of the event's own instance changes what the handler returns, after it has returned. The promise resolves
   * at once, when that is only noted, as it does for an update that is requested while another of the instance is made.
   */
  // deno-lint-ignore no-explicit-any -- only the instance's handler knows the type of its state
  update(type: string, id: string, change: (state: any) => unknown): Promise<void>;
  /**
   * Returns a copy of the state of another instance as this event sees it, or `undefined` if there is none. Where the
   * storage compares, the event runs again if that has changed before it is committed.
   */
  // deno-lint-ignore no-explicit-any -- only the instance's handler knows the type of its state
  read(type: string, id: string): Promise<any>;
  /**
   * Sends an event to another instance, or to this one: it runs after this event was committed, exactly once, and in the
   * order in which this instance has sent to that one. An instance that does not exist is mounted. The message is
   * committed with this event, so it is sent if the event is applied, and not if it is refused or fails. It needs an
   * adapter that compares (`conditional`).
   *
   * @throws {NascError} if nothing can be sent there, the payload is more than 65,536 bytes as JSON, or 16 events have
   * followed from each other
   * @throws {Error} if the store cannot commit a message with an event, or the event has ended
   */
  send(type: string, id: string, event: string, payload?: unknown, options?: SendOptions): void;
  /** The instance that has sent the event, if it was `context.send` of one; `undefined` for pages and the server. */
  readonly sender: Address | undefined;
  /**
   * Deletes an instance in the same unit of work: the event's own, or another one. What the handler of the event returns
   * then makes no difference for its own. A repeat of an event that was applied before brings nothing back. It needs an
   * adapter, a Ramify db or a Map.
   */
  delete(type?: string, id?: string): Promise<void>;
  /**
   * Returns what the option `presence` says of those who look at the instance now, over a stream in this process or
   * object, and whose `view` shows them something: at most 1,000, each once, in the order in which they came. Without a
   * router, nobody looks.
   *
   * @throws {Error} if the option `presence` is not set
   */
  // deno-lint-ignore no-explicit-any -- only the application knows what its option `presence` returns
  viewers(): readonly Readonly<Record<string, any>>[];
  /**
   * Says something to the pages that show the instance now, such as who is typing where: it is stored nowhere, and those
   * who are away miss it. They hear it after the event was applied, as the DOM event `na:broadcast`; the page that has
   * sent the event does not. Of more than 50 a second, 100 at once, the rest is dropped.
   *
   * @param payload Plain JSON, at most 4,096 bytes; an event makes 16 broadcasts at most.
   * @throws {NascError} if the payload is too large
   * @throws {TypeError} if it is not plain JSON
   * @throws {Error} if there are too many, or the event has ended
   */
  broadcast(payload: unknown): void;
}

/** The parameters of `mount`: the instance's id, also under the name that the first Nasc used (`todolistId`). */
export interface MountParams {
  /** The instance's id. */
  readonly id: string;
  /** The same id, as `todolistId` and `todoListId` for a `TodoList`. */
  readonly [name: string]: string;
}

/**
 * The events of one type, which are functions of `(payload, state, context)` that return the next state or a promise of
 * it, and `mount(params, context)`, which returns the first state. Only own functions whose names do not start with `_`
 * are events.
 */
export interface Handler {
  /** Returns the first state of an instance, whose id is in the parameters: see {@link MountParams}. */
  // deno-lint-ignore no-explicit-any -- to the compiler, no type with only optional properties fits parameters by name
  mount?(params: any, context: HandlerContext): unknown;
  /** Returns the next state, from payload and state. */
  [event: string]:
    | {
      // A method, so that a handler may name the types of its user and its bindings.
      // deno-lint-ignore no-explicit-any -- only the handler knows the types of payload and state
      event(payload: any, state: any, context: HandlerContext): unknown;
    }["event"]
    | undefined;
}

/** Handlers by type: plain objects, or what `defineHandler` returns. */
export type Handlers = Readonly<Record<string, Handler>>;

/**
 * Returns the handler of a declared type.
 *
 * @throws {NascError} `unknown-type`
 */
export function findHandler(handlers: Handlers, type: string): Handler {
  if (!isCallable(handlers, type)) {
    throw new NascError("unknown-type", `There is no type ${quote(type)}`);
  }
  return handlers[type]!;
}

/**
 * Returns the function of a declared event of a type.
 *
 * @throws {NascError} `unknown-event`
 */
export function findEvent(
  handler: Handler,
  { type, event }: { readonly type: string; readonly event: string },
): NonNullable<Handler[string]> {
  const found = isEventName(handler, event) ? handler[event] : undefined;
  if (typeof found !== "function") {
    throw unknownEvent(type, event);
  }
  return found;
}

/** Returns the refusal of an event that there is not. */
export function unknownEvent(type: string, event: string): NascError {
  return new NascError("unknown-event", `${type} has no event ${quote(event)}`);
}

/** Returns the names of a handler's events. */
export function eventNames(handler: Handler): string[] {
  return Object.keys(handler)
    .filter((name) => isEventName(handler, name) && typeof handler[name] === "function");
}

function isEventName(handler: object, name: string): boolean {
  return !reserved.has(name) && isCallable(handler, name);
}

/** Returns the names of the declared types. */
export function typeNames(handlers: Handlers): string[] {
  return Object.keys(handlers).filter((name) => isCallable(handlers, name));
}

/** Returns whether a name that an object has as its own can be called from outside. */
export function isCallable(object: object, name: string): boolean {
  return !name.startsWith("_") && Object.hasOwn(object, name);
}

// Names from outside are shown short and on one line.
function quote(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}
