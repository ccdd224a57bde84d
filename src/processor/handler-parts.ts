import type { ConstraintError } from "../shared/errors.ts";
import type { Check } from "./check.ts";
import type { NascError } from "./errors.ts";
import type { HandlerContext } from "./handlers.ts";

/** Who looks at an instance. */
export interface InstanceViewer<User = unknown> {
  /** The type of the instance. */
  readonly type: string;
  /** The instance's id. */
  readonly id: string;
  /** Who looks, as `user` returned it. */
  readonly user: User;
}

/** What describes a handler beside its events, with nothing inherited. Functions have the handler as their `this`. */
export interface HandlerParts {
  /** What the schemas say: by the names of the events, and for `mount` and `state`. */
  readonly checks: ReadonlyMap<string, Check>;
  /** The names of the events that only the server may send. */
  readonly internal: ReadonlySet<string>;
  /** Returns what a viewer sees of a state. */
  readonly view: ((state: object, viewer: InstanceViewer) => object | undefined) | undefined;
  /** Returns the name of a projection that all viewers with the same name share. */
  readonly viewKey: ((state: object, viewer: InstanceViewer) => string) | undefined;
  /** The version of the shape of the states. */
  readonly version: number | undefined;
  /** Returns a state of an older version as one of this version. */
  readonly migrate: ((state: object, from: number) => unknown) | undefined;
  /** Returns how a write that a constraint has refused is refused. */
  readonly refused:
    | ((error: ConstraintError, context: HandlerContext) => NascError | undefined)
    | undefined;
}

const none: HandlerParts = {
  checks: new Map(),
  internal: new Set(),
  view: undefined,
  viewKey: undefined,
  version: undefined,
  migrate: undefined,
  refused: undefined,
};

/** Only `defineHandler` writes to it, so nothing else makes a handler a defined one. */
const partsByHandler = new WeakMap<object, HandlerParts>();

/** Returns what describes a handler. Of one that is a plain object, nothing does. */
export function partsOf(handler: object): HandlerParts {
  return partsByHandler.get(handler) ?? none;
}

/** Returns whether a handler was made by `defineHandler`. */
export function isDefined(handler: object): boolean {
  return partsByHandler.has(handler);
}

/** Notes what describes a handler. */
export function setParts(handler: object, parts: HandlerParts): void {
  partsByHandler.set(handler, parts);
}
