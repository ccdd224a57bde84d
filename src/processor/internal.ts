import { partsOf } from "./handler-parts.ts";
import { eventNames, type Handler, unknownEvent } from "./handlers.ts";

/**
 * Refuses an event that only the server may send, as if it were not there.
 *
 * @throws {NascError} `unknown-event`
 */
export function assertPublic(
  handler: Handler,
  { type, event }: { readonly type: string; readonly event: string },
): void {
  if (partsOf(handler).internal.has(event)) throw unknownEvent(type, event);
}

/** Returns the names of the events that pages may send. */
export function publicEvents(handler: Handler): string[] {
  const { internal } = partsOf(handler);
  return eventNames(handler).filter((name) => !internal.has(name));
}
