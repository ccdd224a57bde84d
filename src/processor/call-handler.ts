import type { Address } from "./address.ts";
import { copyPayload } from "./copy-state.ts";
import { partsOf } from "./handler-parts.ts";
import { findEvent, type Handler, type HandlerContext, type MountParams } from "./handlers.ts";

/** Calls a function of the application by this name, and may give it up. */
export type Limit = (name: string, call: () => unknown) => unknown;

/** Options of {@link callEvent}. */
export interface EventCall {
  readonly payload: unknown;
  /** The handler may keep and change it. */
  readonly state: object;
  readonly context: HandlerContext;
  readonly limit: Limit;
  /** Returns whether the event has deleted the instance, so that what the handler returns makes no difference. */
  readonly isDeleted: () => boolean;
}

/**
 * Runs one event, and returns what the handler returned as the next state; `undefined` where that makes no difference.
 *
 * @throws {TypeError} if that is not a state
 */
export async function callEvent(
  handler: Handler,
  event: string,
  options: EventCall,
): Promise<object | undefined> {
  const { payload, state, context, limit, isDeleted } = options;
  const handle = findEvent(handler, { type: context.type, event });
  const name = `${context.type}.${event}`;
  // What its schema made of the payload is what it gets, be it nothing.
  const isChecked = partsOf(handler).checks.has(event);
  const given = isChecked ? copyPayload(payload) : payloadFor(handle, payload);
  const next = await limit(name, () => handle.call(handler, given, state, context));
  return isDeleted() ? undefined : asState(next, name);
}

/**
 * Runs what changes an instance, on a state that it may keep and change, and returns what it returned as the next state.
 *
 * @throws {TypeError} if that is not a state
 */
export async function callUpdate(
  type: string,
  state: object,
  options: { change: (state: object) => unknown; limit: Limit },
): Promise<object> {
  const name = `${type} update`;
  return asState(await options.limit(name, () => options.change(state)), name);
}

/** Returns what a handler gets for its payload: `{}` if none was sent, unless its parameter has a default. */
function payloadFor(handle: NonNullable<Handler[string]>, payload: unknown): unknown {
  // The length of a function counts the parameters before the first one with a default.
  if (payload === undefined && handle.length > 0) return {};
  // A copy, so a handler that changes its payload gets it intact when it runs again.
  return copyPayload(payload);
}

/**
 * Runs `mount` and returns what it returned as the first state, which is empty if the handler has no `mount`.
 *
 * @throws {TypeError} if that is not a state
 */
export async function callMount(
  handler: Handler,
  context: HandlerContext,
  { params, limit }: { readonly params: unknown; readonly limit: Limit },
): Promise<object> {
  if (!Object.hasOwn(handler, "mount") || !handler.mount) return {};
  const name = `${context.type}.mount`;
  const mounted = await limit(name, () => handler.mount!(params, context));
  return asState(mounted, name);
}

/** Returns the parameters of `mount` for an instance. */
// The first Nasc names the parameter after the lower-cased type; the camel-cased name is there too. Both hold the
// instance's own id: nothing that a page sends can name another.
export function mountParams({ type, id }: Address): MountParams {
  const camelCase = type.charAt(0).toLowerCase() + type.slice(1);
  return { id, [`${type.toLowerCase()}Id`]: id, [`${camelCase}Id`]: id };
}

/**
 * Returns what a function returned as a state. It is the function's own, which may go on changing it.
 *
 * @throws {TypeError} if it is not a state
 */
function asState(state: unknown, source: string): object {
  if (typeof state === "object" && state !== null && !Array.isArray(state)) return state;
  const kind = Array.isArray(state) ? "an array" : state === null ? "null" : typeof state;
  throw new TypeError(
    `Cannot run ${source}: it returned ${kind}; return the next state, an object`,
  );
}
