import { assertStorable } from "../persistence/adapter/value.ts";
import type { Address } from "./address.ts";
import { partsOf } from "./handler-parts.ts";
import { findEvent, type Handler, type HandlerContext, type MountParams } from "./handlers.ts";

/** Calls a function of the application by this name, and may give it up. */
export type Limit = (name: string, call: () => unknown) => unknown;

/** Runs one event on a state that the handler may keep and change, and returns the next state. */
export async function callEvent(
  handler: Handler,
  event: string,
  options: { payload: unknown; state: object; context: HandlerContext; limit: Limit },
): Promise<object> {
  const { payload, state, context, limit } = options;
  const handle = findEvent(handler, { type: context.type, event });
  const name = `${context.type}.${event}`;
  // What its schema made of the payload is what it gets, be it nothing.
  const isChecked = partsOf(handler).schemas.has(event);
  const given = isChecked ? structuredClone(payload) : payloadFor(handle, payload);
  return ownState(await limit(name, () => handle.call(handler, given, state, context)), name);
}

/** Returns what a handler gets for its payload: `{}` if none was sent, unless its parameter has a default. */
function payloadFor(handle: NonNullable<Handler[string]>, payload: unknown): unknown {
  // The length of a function counts the parameters before the first one with a default.
  if (payload === undefined && handle.length > 0) return {};
  // A copy, so a handler that changes its payload gets it intact when it runs again.
  return structuredClone(payload);
}

/** Runs `mount` and returns the first state, which is empty if the handler has no `mount`. */
export async function callMount(
  handler: Handler,
  context: HandlerContext,
  { params, limit }: { readonly params: unknown; readonly limit: Limit },
): Promise<object> {
  if (!Object.hasOwn(handler, "mount") || !handler.mount) return {};
  const name = `${context.type}.mount`;
  const mounted = await limit(name, () => handler.mount!(params, context));
  return ownState(mounted, name);
}

/** Returns the parameters of `mount` for an instance. */
// The first Nasc names the parameter after the lower-cased type; the camel-cased name is there too. Both hold the
// instance's own id: nothing that a page sends can name another.
export function mountParams({ type, id }: Address): MountParams {
  const camelCase = type.charAt(0).toLowerCase() + type.slice(1);
  return { id, [`${type.toLowerCase()}Id`]: id, [`${camelCase}Id`]: id };
}

/**
 * Returns a copy of what a function returned as a state, since the function may go on changing the original.
 *
 * @throws {TypeError} if it is not a state, or holds anything that cannot be stored
 */
export function ownState(state: unknown, source: string): object {
  if (typeof state !== "object" || state === null || Array.isArray(state)) {
    const kind = Array.isArray(state) ? "an array" : state === null ? "null" : typeof state;
    throw new TypeError(
      `Cannot run ${source}: it returned ${kind}; return the next state, an object`,
    );
  }
  assertStorable(state);
  return structuredClone(state);
}
