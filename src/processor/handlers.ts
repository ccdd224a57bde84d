import { NascError } from "./errors.ts";

/** What a handler learns besides payload and state, and how it changes other instances. */
export interface HandlerContext {
  /** The type whose event runs. */
  readonly type: string;
  /** The instance's id. */
  readonly id: string;
  /** The event's idempotency key. */
  readonly eventId: string;
  /** Who sent the event, as the caller of `process` said. */
  readonly user: unknown;
  /** The platform's bindings, as the caller of `process` said. */
  readonly env: unknown;
  /** Aborts when the sender has gone. */
  readonly signal: AbortSignal | undefined;
  /**
   * Takes work that outlasts the answer, and keeps a Worker alive for it. A function is called once, after the
   * event was committed; a promise stands for work that runs already, and again when the event is run again.
   */
  readonly waitUntil: (work: Promise<unknown> | (() => unknown)) => void;
  /**
   * Changes another instance in the same unit of work: both are committed, or neither is. The function gets
   * a copy of its state and returns the next. An update that fails, fails the event.
   */
  // deno-lint-ignore no-explicit-any -- the other instance's state has a type that only its handler knows
  update(type: string, id: string, change: (state: any) => unknown): Promise<void>;
}

/** The parameters of `mount`: the instance's id, also under the name that Nasc gave it (`todolistId`). */
export interface MountParams {
  /** The instance's id. */
  readonly id: string;
  /** The same id, as `todolistId` and `todoListId` for a `TodoList`. */
  readonly [name: string]: string;
}

/**
 * One type's events: functions of `(payload, state, context)` that return the next state, or a promise of
 * it, and `mount(params, context)`, which returns the first. Only own functions whose names do not start with
 * `_` are events.
 */
export interface Handler {
  /** The first state of an instance. */
  mount?(params: MountParams, context: HandlerContext): unknown;
  /** An event: the next state, from payload and state. */
  // deno-lint-ignore no-explicit-any -- payload and state have types that only the handler knows
  [event: string]: ((payload: any, state: any, context: HandlerContext) => unknown) | undefined;
}

/** Handlers by type. */
export type Handlers = Readonly<Record<string, Handler>>;

/** The handler of a type, if it is declared. */
export function findHandler(handlers: Handlers, type: string): Handler {
  if (!isCallable(handlers, type)) {
    throw new NascError("unknown-type", `There is no type ${quote(type)}`);
  }
  return handlers[type]!;
}

/** The function of a declared event. */
export function findEvent(
  handler: Handler,
  type: string,
  event: string,
): NonNullable<Handler[string]> {
  const found = event !== "mount" && isCallable(handler, event) ? handler[event] : undefined;
  if (typeof found !== "function") {
    throw new NascError("unknown-event", `${type} has no event ${quote(event)}`);
  }
  return found;
}

/** The names of a handler's events. */
export function eventNames(handler: Handler): string[] {
  return Object.keys(handler)
    .filter((name) => name !== "mount" && isCallable(handler, name))
    .filter((name) => typeof handler[name] === "function");
}

/** The names of the declared types. */
export function typeNames(handlers: Handlers): string[] {
  return Object.keys(handlers).filter((name) => isCallable(handlers, name));
}

function isCallable(object: object, name: string): boolean {
  return !name.startsWith("_") && Object.hasOwn(object, name);
}

// What came from outside is shown short and on one line.
function quote(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}
