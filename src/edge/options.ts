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
  /**
   * Returns what others may see of a user whose page shows the instance too: plain JSON, at most 1,000 bytes of it, or
   * `undefined` for those who are not listed. With it, `context.viewers()` says who looks on, and pages get the list
   * whenever it changes.
   */
  // deno-lint-ignore no-explicit-any -- only the app knows the type of its users
  readonly presence?: (user: any) => object | undefined;
  /** Returns the namespace of the objects, such as `(env) => env.NASC`. Handlers need it for `context.send`. */
  // deno-lint-ignore no-explicit-any -- only the app knows the type of its bindings
  readonly instances?: (env: any) => InstanceNamespace;
}

const { receiptTtl, history, handlerTimeout, checkState, onError, onEvent, clock, random } =
  sharedKinds;

/** The kinds of the options of {@link nascObject}. */
export const objectKinds: kind.Kinds<NascObjectOptions> = {
  handlers: handlersKind,
  presence: kind.callback,
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
