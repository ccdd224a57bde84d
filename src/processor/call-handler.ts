import { assertStorable } from "../persistence/adapter/value.ts";
import { findEvent, type Handler, type HandlerContext, type MountParams } from "./handlers.ts";

/** Runs one event on a copy of the state that the handler may keep, and returns the next state. */
export async function callEvent(
  handler: Handler,
  event: string,
  options: { payload: unknown; state: object; context: HandlerContext },
): Promise<object> {
  const { payload, state, context } = options;
  const handle = findEvent(handler, context.type, event);
  // A copy, as of the state: a handler that changes its payload finds it whole when it is run again.
  const next = await handle.call(handler, structuredClone(payload), state, context);
  return ownState(next, `${context.type}.${event}`);
}

/** Runs `mount` and returns the first state; a type without one starts empty. */
export async function callMount(handler: Handler, context: HandlerContext): Promise<object> {
  if (!Object.hasOwn(handler, "mount") || !handler.mount) return {};
  const mounted = await handler.mount(mountParams(context), context);
  return ownState(mounted, `${context.type}.mount`);
}

// Nasc names the parameter after the lower-cased type; both that and the camel-cased name are there. The id
// is the instance's own: nothing that a page sends can name another.
function mountParams({ type, id }: HandlerContext): MountParams {
  const camelCase = type.charAt(0).toLowerCase() + type.slice(1);
  return { id, [`${type.toLowerCase()}Id`]: id, [`${camelCase}Id`]: id };
}

/**
 * A copy of what a function returned as a state: that may be an object which it goes on changing.
 *
 * @throws {TypeError} when it is no state, or holds something that cannot be stored
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
