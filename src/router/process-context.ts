import type { Context, Env } from "hono";
import type { ProcessContext } from "../processor/mod.ts";
import type { NascOptions } from "./options.ts";

/** Returns what handlers learn of a request. */
export async function processContext<E extends Env>(
  context: Context<E>,
  options: NascOptions<E>,
): Promise<ProcessContext> {
  return {
    user: await options.user?.(context),
    env: context.env,
    waitUntil: (work) => waitUntil(context, work),
  };
}

// Only Workers have an execution context; elsewhere work simply goes on.
function waitUntil(context: Context, work: Promise<unknown>): void {
  try {
    context.executionCtx.waitUntil(work);
  } catch {
    // Hono throws if there is none.
  }
}
