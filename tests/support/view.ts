import type { Handler } from "../../mod.ts";
import { type HandlerParts, setParts } from "../../src/processor/handler-parts.ts";

/** Returns a handler whose states are seen through a view. */
export function seenThrough(
  handler: Handler,
  { view, viewKey }: Partial<Pick<HandlerParts, "view" | "viewKey">>,
): Handler {
  const nothing = { version: undefined, migrate: undefined, refused: undefined };
  setParts(handler, { checks: new Map(), internal: new Set(), view, viewKey, ...nothing });
  return handler;
}
