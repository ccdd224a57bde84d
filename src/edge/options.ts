import { handlersKind, sharedKinds } from "../processor/kinds.ts";
import type { Handlers, ProcessorOptions } from "../processor/mod.ts";
import type { InstanceNamespace } from "../router/objects/namespace.ts";
import * as kind from "../shared/kinds.ts";

/** Options of {@link nascObject}. Durations are in milliseconds. */
export interface NascObjectOptions extends
  Pick<
    ProcessorOptions,
    | "schemaProvider"
    | "receiptTtl"
    | "history"
    | "handlerTimeout"
    | "checkState"
    | "onError"
    | "onEvent"
    | "clock"
    | "random"
  > {
  /** The handlers, by type: the same that the router has. */
  readonly handlers: Handlers;
  /** Returns the namespace of the objects, such as `(env) => env.NASC`. Handlers need it for `context.send`. */
  // deno-lint-ignore no-explicit-any -- only the app knows the type of its bindings
  readonly instances?: (env: any) => InstanceNamespace;
}

const { receiptTtl, history, handlerTimeout, checkState, onError, onEvent, clock, random } =
  sharedKinds;

/** The kinds of the options of {@link nascObject}. */
export const objectKinds: kind.Kinds<NascObjectOptions> = {
  handlers: handlersKind,
  instances: kind.callback,
  schemaProvider: sharedKinds.schemaProvider,
  receiptTtl,
  history,
  handlerTimeout,
  checkState,
  onError,
  onEvent,
  clock,
  random,
};
